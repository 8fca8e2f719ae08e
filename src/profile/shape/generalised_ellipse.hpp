// Boxy and discy ellipses (Athanassoula et al. 1990, MNRAS 245, 130; Peng et al. 2010, AJ 139, 2097, eq. 3).
#pragma once

#include <cmath>
#include <utility>

namespace gaxel {

/// (|u|^c + |v|^c)^(1/c), c = C0 + 2 > 0: an ellipse of unit axis ratio for c = 2, boxy above, discy below.
/// T: double or a dual number. Where it has no derivative, on the axes for c <= 1, that across the axis is
/// given as 0.
template <class T>
T generalised_radius(const T& u, const T& v, const T& c) {
  using std::abs, std::exp, std::log, std::log1p;
  T large = abs(u);
  T small = abs(v);
  if (small > large) std::swap(small, large);
  if (small == 0.0) return large;
  return large * exp(log1p(exp(c * log(small / large))) / c);
}

}  // namespace gaxel
