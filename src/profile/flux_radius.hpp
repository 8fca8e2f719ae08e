// Radii that hold a share of a law's flux.
#pragma once

#include "profile/radial_law.hpp"

namespace gaxel {

/// The radius, in units of the scale radius, inside which `share` of the flux lies, 0 < share < 1; relative
/// error below 1e-12 where the light is not that faint.
double flux_radius(const RadialLaw& law, double share);

}  // namespace gaxel
