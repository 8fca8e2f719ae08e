// Magnitudes as factors of counts.
#pragma once

#include <cmath>
#include <numbers>

namespace gaxel {

inline constexpr double kPerMagnitude = 0.4 * std::numbers::ln10;  ///< of ln(flux)

inline double flux_ratio(double magnitudes) {
  return std::exp(kPerMagnitude * magnitudes);
}

}  // namespace gaxel
