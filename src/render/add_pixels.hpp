// Images added to images.
#pragma once

#include <algorithm>
#include <functional>
#include <span>

namespace gaxel {

/// Adds to each of the sums its pixel.
inline void add_pixels(std::span<const double> pixels, std::span<double> sums) {
  std::ranges::transform(pixels, sums, sums.begin(), std::plus());
}

}  // namespace gaxel
