// What the shell sees of a fit.
#pragma once

#include "cli/commands.hpp"
#include "gaxel/fit.hpp"

namespace gaxel::cli {

inline int exit_code_of(StopReason reason) {
  switch (reason) {
    case StopReason::kConverged:
      return kSuccess;
    case StopReason::kCancelled:
      return kInterrupted;
    default:
      return kFailure;
  }
}

}  // namespace gaxel::cli
