// What the moments of a box in closed form change by along a direction of the parameters.
#pragma once

#include "integrate/light_rates.hpp"

namespace gaxel {

/// The moments of a box and their rates, by line integrals along its edges (docs/math/pixels.md, "Second
/// derivatives"). Nothing is differenced, wherever the centre lies: the second derivatives of a cusp are
/// integrable along an edge through it.
MomentRates cusp_moment_rates(const ProfileLight& light, const LightRates& rates, const Box& box);

}  // namespace gaxel
