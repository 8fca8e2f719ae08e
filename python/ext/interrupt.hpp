// Ctrl-C in work that runs without Python's lock.
#pragma once

#include <nanobind/nanobind.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <thread>
#include <utility>

#include "gaxel/stop.hpp"

namespace gaxel::python {

namespace nb = nanobind;

/// Asks Python now and then, from the thread that made it, whether a signal's handler raises; other threads
/// only learn of it.
class Interrupt {
 public:
  bool wanted() {
    if (std::this_thread::get_id() == owner_ && !raised_ && is_due()) ask();
    return wanted_.load(std::memory_order_relaxed);
  }

  /// What the handler raised, if it did.
  void rethrow() const {
    if (raised_) std::rethrow_exception(raised_);
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kBetween{50};
  // Calls that come in quick succession share a look at the clock.
  static constexpr int kSkipped = 8;
  static constexpr std::chrono::microseconds kQuick{200};

  bool is_due() {
    if (to_skip_ > 0) {
      --to_skip_;
      return false;
    }
    const auto now = Clock::now();
    to_skip_ = now - std::exchange(looked_, now) < kQuick ? kSkipped : 0;
    if (now - asked_ < kBetween) return false;
    asked_ = now;
    return true;
  }

  void ask() {
    const nb::gil_scoped_acquire locked;
    if (PyErr_CheckSignals() == 0) return;
    raised_ = std::make_exception_ptr(nb::python_error());
    wanted_ = true;
  }

  std::thread::id owner_ = std::this_thread::get_id();
  Clock::time_point asked_ = Clock::now();
  Clock::time_point looked_ = asked_;
  int to_skip_ = 0;
  std::exception_ptr raised_;
  std::atomic<bool> wanted_ = false;
};

/// work() without Python's lock, left when a signal's handler raises: that is then thrown.
template <class Work>
auto interruptible(Work&& work) {
  Interrupt interrupt;
  const nb::gil_scoped_release unlocked;
  const StopScope scope([&interrupt] { return interrupt.wanted(); });
  try {
    return std::forward<Work>(work)();
  } catch (const Cancelled&) {
    interrupt.rethrow();
    throw;
  }
}

}  // namespace gaxel::python
