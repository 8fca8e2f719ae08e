// A scene file that starts where a fit ended.
#pragma once

#include <string>

#include "io/task.hpp"

namespace gaxel::io {

/// The settings of the task and its components with the best values, in the convention of scene files. Fixed
/// stays fixed, bounds stay; numbers read back to the same bits.
std::string result_toml(const Task& task, const FitResult& result);

}  // namespace gaxel::io
