// Scales of axes and colour bars: where ticks go, and how wide ranges of light fit on a picture.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "gaxel/image.hpp"

namespace gaxel::io::report {

struct Tick {
  double value = 0.0;
  std::string label;
};

/// "0.05", "2000", "3x10^5" with Unicode signs; enough digits for neighbours `spacing` apart (0: shortest).
std::string tick_label(double value, double spacing = 0.0);

/// Multiples of 1, 2 or 5 times a power of ten inside [low, high], at most `max_count` of them. Needs low <
/// high.
std::vector<Tick> linear_ticks(double low, double high, int max_count);

/// Powers of ten inside [low, high], with their multiples by 2 and 5 where there are fewer than three powers,
/// and thinned to at most `max_count`. Needs 0 < low < high.
std::vector<Tick> log_ticks(double low, double high, int max_count = 7);

/// Maps [low, high] to [0, 1]: linear within `softening` of `zero`, logarithmic beyond.
class AsinhStretch {
 public:
  /// Needs low < high and softening > 0.
  AsinhStretch(double low, double high, double zero, double softening);

  double low() const { return low_; }
  double high() const { return high_; }
  double operator()(double value) const;
  double inverse(double t) const;

  /// Round values whose labels have room side by side along [0, 1] when that holds `characters` of them, the
  /// roundest first to get a place.
  std::vector<Tick> ticks(double characters = 50.0) const;

 private:
  double raw(double value) const;

  double low_;
  double high_;
  double zero_;
  double softening_;
  double raw_low_;
  double raw_high_;
};

/// The stretch for a picture of data: from just below the sky to the brightest used pixel, linear within a
/// few times the noise. Works for any input, also with no used pixel or constant data.
AsinhStretch stretch_for(ConstImageView data, ConstImageView sigma, std::span<const std::uint8_t> used);

/// Symmetric limit for a map of residuals in sigmas: holds 99 percent of the used pixels, a round number from
/// 3 on.
double residual_limit(ConstImageView residual_in_sigma, std::span<const std::uint8_t> used);

}  // namespace gaxel::io::report
