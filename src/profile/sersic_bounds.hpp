// The Sersic law in the complex plane, for a-priori errors.
#pragma once

#include "profile/radial_law.hpp"

namespace gaxel {

struct SersicConstants;

/// RadialLaw::log_bounds of the Sersic law, ln I0 - b min Re v^(1/n) with v = sqrt(s). Where k = 1/n is at
/// most 1 the minimum is radius^k, and where k is at most 2 it is that of v^2 to the power k/2, because Re z
/// >= m >= 0 gives Re z^a >= m^a for 0 <= a <= 1. Beyond, |v - c| <= spread gives Re v^k >= c^k (2 - (1 +
/// spread / c)^k).
void sersic_log_bounds(const SersicConstants& constants, const ComplexReach& reach, float* bounds);

}  // namespace gaxel
