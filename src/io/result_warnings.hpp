// What a reader of a fit's result should know before trusting it.
#pragma once

#include <string>
#include <vector>

#include "io/task.hpp"

namespace gaxel::io {

/// One sentence for each parameter that ended at the end of its range or that the data do not tell, for each
/// component of negative flux, larger than the image, or with a centre that was driven out of it. Empty for a
/// result that looks sound.
std::vector<std::string> result_warnings(const Task& task, const FitResult& result);

}  // namespace gaxel::io
