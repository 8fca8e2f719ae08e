#include "cli/interrupt.hpp"

#include <atomic>

namespace gaxel::cli {
namespace {

std::atomic<bool> wanted = false;
static_assert(std::atomic<bool>::is_always_lock_free, "signal handlers may touch only lock-free atomics");

extern "C" void remember_interrupt(int) {
  wanted.store(true);
}

}  // namespace

InterruptGuard::InterruptGuard() {
  wanted.store(false);
  struct sigaction action = {};
  action.sa_handler = remember_interrupt;
  // SA_RESETHAND: a second signal meets the default action.
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, &old_interrupt_);
  sigaction(SIGTERM, &action, &old_terminate_);
}

InterruptGuard::~InterruptGuard() {
  // After a first signal the default action stays for the rest of the run.
  if (wanted.load()) return;
  sigaction(SIGINT, &old_interrupt_, nullptr);
  sigaction(SIGTERM, &old_terminate_, nullptr);
}

bool InterruptGuard::interrupted() const {
  return wanted.load();
}

}  // namespace gaxel::cli
