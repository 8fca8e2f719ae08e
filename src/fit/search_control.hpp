// When a search ends before it has converged.
#pragma once

#include <chrono>

#include "gaxel/fit.hpp"

namespace gaxel {

/// By its caller's word, or when its time is over, which begins where this is made.
class SearchControl {
 public:
  /// `progress` may be empty; it must outlive this.
  SearchControl(const ProgressCallback& progress, double max_seconds);

  /// Tells the caller. False: the search is to end.
  bool goes_on(const FitProgress& step);
  bool is_out_of_time() const { return seconds() > max_seconds_; }
  double seconds() const;
  /// Of a search that was told not to go on: its caller's word counts more than the clock.
  StopReason reason() const { return cancelled_ ? StopReason::kCancelled : StopReason::kMaxSeconds; }

 private:
  const ProgressCallback& progress_;
  double max_seconds_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  bool cancelled_ = false;
};

}  // namespace gaxel
