#include "gaxel/fit.hpp"

namespace gaxel {

std::string_view to_text(StopReason reason) {
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

}  // namespace gaxel
