// The transform of a pixel.
#pragma once

#include <cmath>

namespace gaxel {

/// sin(x) / x.
inline double sinc(double x) {
  return x == 0.0 ? 1.0 : std::sin(x) / x;
}

}  // namespace gaxel
