// Light that rises towards the centre as r^-gamma.
#pragma once

#include <algorithm>
#include <cmath>

#include "math/dual.hpp"

namespace gaxel {

/// The largest gamma: for a steeper one light that counts comes from radii whose intensity doubles cannot
/// hold.
inline constexpr double kSteepestCusp = 1.85;

/// ln r, level where what lies further in is below 1e-15 of the light inside r = 1: there the intensity and
/// its derivative to r, which nodes next to the centre would ask for, may be larger than numbers can be.
template <class T>
T log_of_cusp_radius(const T& r, const T& gamma) {
  using std::log;
  constexpr double kShare = 1e-15;
  constexpr double kSmallest = 1e-100;
  constexpr double kLargest = 1e-30;
  const double least = std::clamp(std::pow(kShare, 1.0 / (2.0 - value_of(gamma))), kSmallest, kLargest);
  return value_of(r) < least ? T(std::log(least)) : log(r);
}

}  // namespace gaxel
