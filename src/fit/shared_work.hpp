// Pieces of work on several threads that tell one caller how far they are, and that it may stop.
#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>

#include "gaxel/uncertainty.hpp"

namespace gaxel {

class SharedWork {
 public:
  /// `progress`, which may be empty, must outlive it; `n`: pieces.
  SharedWork(const WorkCallback& progress, std::size_t n) : progress_(progress), n_(n) {}

  /// Whether what is not done yet is to be left.
  bool stopped() const { return stopped_; }
  void stop() { stopped_ = true; }
  /// Whether that was the caller's wish.
  bool cancelled() const { return cancelled_; }

  /// Tells the caller.
  void tell() {
    if (!progress_) return;
    const std::scoped_lock lock(mutex_);
    if (!cancelled_ && !progress_(static_cast<double>(done_) / static_cast<double>(n_)))
      cancelled_ = stopped_ = true;
  }
  void finish_one() {
    ++done_;
    tell();
  }

 private:
  const WorkCallback& progress_;
  std::size_t n_;
  std::mutex mutex_;
  std::atomic<std::size_t> done_ = 0;
  std::atomic<bool> stopped_ = false;
  std::atomic<bool> cancelled_ = false;
};

}  // namespace gaxel
