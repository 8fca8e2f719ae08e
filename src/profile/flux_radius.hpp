// Radii that hold a share of a law's flux.
#pragma once

#include "profile/radial_law.hpp"
#include "profile/surface_law.hpp"

namespace gaxel {

/// The radius, in units of the scale radius, inside which `share` of the flux lies, 0 < share < 1; relative
/// error below 1e-12 where the light is not that faint.
double flux_radius(const RadialLaw& law, double share);

/// The same for other laws, to a few per cent: for starting values. Of laws without a finite flux, that
/// inside 20 scale radii counts as all.
double flux_radius(const SurfaceLaw& law, double share);

}  // namespace gaxel
