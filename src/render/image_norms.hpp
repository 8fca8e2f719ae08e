// Sizes of images.
#pragma once

#include <cmath>

#include "gaxel/image.hpp"

namespace gaxel {

inline double sum_of_absolutes(const Image& image) {
  double sum = 0.0;
  for (const double pixel : image.pixels()) sum += std::abs(pixel);
  return sum;
}

/// The 2-norm.
inline double norm(const Image& image) {
  double squares = 0.0;
  for (const double pixel : image.pixels()) squares += pixel * pixel;
  return std::sqrt(squares);
}

}  // namespace gaxel
