// gaxel fit --ladder: models with more and more parameters in the place of one component.
#pragma once

#include "cli/fit_options.hpp"
#include "cli/interrupt.hpp"
#include "io/task.hpp"

namespace gaxel::cli {

/// Fits, writes and prints them; the exit code.
int run_ladder(const FitArguments& arguments, io::Task& task, const InterruptGuard& interrupt);

}  // namespace gaxel::cli
