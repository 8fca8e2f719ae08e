// Why fits end, as words of files and machine-readable output.
#pragma once

#include <string_view>

#include "gaxel/fit.hpp"

namespace gaxel::io {

/// "converged", "max_iterations", "cancelled", "no_progress" or "failed".
constexpr std::string_view stop_word(StopReason reason) {
  switch (reason) {
    case StopReason::kConverged:
      return "converged";
    case StopReason::kMaxIterations:
      return "max_iterations";
    case StopReason::kCancelled:
      return "cancelled";
    case StopReason::kNoProgress:
      return "no_progress";
    case StopReason::kFailed:
      break;
  }
  return "failed";
}

}  // namespace gaxel::io
