// The tolerance of a pixel's mean light, as a logarithm.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

#include "integrate/plan.hpp"

namespace gaxel {

inline constexpr double kLogNothing = -708.0;  ///< ln of light that doubles cannot hold to full precision

/// ln of what the mean of g over a pixel of `pixel_area` (in the (u, v) plane) may err by.
class LogTolerance {
 public:
  LogTolerance(const PixelTolerance& tolerance, double pixel_area)
      : log_absolute_(std::max(std::log(tolerance.absolute / pixel_area), kLogNothing)),
        log_relative_(std::log(tolerance.relative)) {}

  /// From below, where g is at least exp(log_min): ln(e^a + e^b) is at least the larger of both, and convex.
  double at(double log_min) const {
    const double relative = log_relative_ + log_min;
    const double larger = std::max(log_absolute_, relative);
    return larger + std::max(0.0, std::numbers::ln2 - 0.5 * std::abs(log_absolute_ - relative));
  }

 private:
  double log_absolute_;
  double log_relative_;
};

/// Whether light of at most exp(log_max) may be taken as anything between it and nothing.
inline bool is_nothing(double log_max, double log_tolerance) {
  return log_max <= std::max(log_tolerance, kLogNothing);
}

}  // namespace gaxel
