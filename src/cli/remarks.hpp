// What a scene's reading has to say.
#pragma once

#include "io/task.hpp"

namespace gaxel::cli {

/// Warnings to stderr and, unless `quiet`, notes to stdout.
void print_remarks(const io::Task& task, bool quiet);

}  // namespace gaxel::cli
