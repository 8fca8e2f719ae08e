// An image in a few numbers, for a first look.
#pragma once

#include <cstdint>

#include "gaxel/image.hpp"

namespace gaxel::io {

struct PixelSummary {
  std::int64_t n_finite = 0;
  std::int64_t n_nan = 0;  ///< NaN or infinite
  std::int64_t n_negative = 0;
  std::int64_t n_zero = 0;
  /// Of the finite pixels; all zero when there are none.
  double min = 0.0;
  double median = 0.0;
  double max = 0.0;
  double sum = 0.0;
  double noise =
      0.0;           ///< 1.4826 times the median distance from the median: sigma, where most pixels are noise
  int peak_row = 0;  ///< 0-based place of the first maximum
  int peak_col = 0;
};

PixelSummary summarise(ConstImageView image);

}  // namespace gaxel::io
