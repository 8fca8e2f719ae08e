#include "fit/search_control.hpp"

namespace gaxel {

SearchControl::SearchControl(const ProgressCallback& progress, double max_seconds)
    : progress_(progress), max_seconds_(max_seconds) {}

bool SearchControl::goes_on(const FitProgress& step) {
  if (progress_ && !progress_(step)) cancelled_ = true;
  return !cancelled_ && !is_out_of_time();
}

double SearchControl::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
}

}  // namespace gaxel
