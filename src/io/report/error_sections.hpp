// Sections of the report: derived values, and intervals of its free parameters.
#pragma once

#include <string>

#include "io/task.hpp"

namespace gaxel::io::report {

/// Empty where nothing follows.
std::string derived_section(const Task& task, const FitResult& result);

/// Empty where none were asked for.
std::string intervals_section(const Task& task, const FitResult& result);

}  // namespace gaxel::io::report
