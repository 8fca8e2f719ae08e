#include "gaxel/fit.hpp"

namespace gaxel {

std::string_view to_text(StopReason reason) {
  switch (reason) {
    case StopReason::kConverged:
      return "converged";
    case StopReason::kMaxIterations:
      return "max_iterations";
    case StopReason::kMaxSeconds:
      return "max_seconds";
    case StopReason::kCancelled:
      return "cancelled";
    case StopReason::kNoProgress:
      return "no_progress";
    case StopReason::kFailed:
      break;
  }
  return "failed";
}

std::string_view to_text(ParameterFlag flag) {
  switch (flag) {
    case ParameterFlag::kDidNotMove:
      return "did_not_move";
    case ParameterFlag::kAtBound:
      return "at_bound";
    case ParameterFlag::kUnconstrained:
      return "unconstrained";
    case ParameterFlag::kDegenerate:
      return "degenerate";
    case ParameterFlag::kNone:
      break;
  }
  return "ok";
}

std::string_view to_text(IntervalEnd end) {
  switch (end) {
    case IntervalEnd::kFound:
      return "found";
    case IntervalEnd::kAtRange:
      return "at_range";
    case IntervalEnd::kOpen:
      break;
  }
  return "open";
}

}  // namespace gaxel
