// What of the light beyond a drawing's frequencies counts.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

namespace gaxel {

/// The part of the light at 2 pi m - k that is taken for light at k, with cells 1/m wide and splines of
/// `order` (see DrawnGrid): the ratio of the splines' transforms there. Beyond pi m light is lost: 1.
inline double spline_leak(double k, int m, int order) {
  const double size = std::abs(k);
  const double beyond = 2.0 * std::numbers::pi * m - size;
  return size < beyond ? std::pow(size / beyond, order) : 1.0;
}

}  // namespace gaxel
