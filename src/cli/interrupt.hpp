// Ctrl-C as a wish that a running fit can ask about.
#pragma once

#include <csignal>

namespace gaxel::cli {

/// While it lives the first SIGINT or SIGTERM is only remembered; the second one ends the program as usual.
/// One at a time.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  bool interrupted() const;

 private:
  struct sigaction old_interrupt_ = {};
  struct sigaction old_terminate_ = {};
};

}  // namespace gaxel::cli
