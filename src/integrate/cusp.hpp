// Flux in a rectangle by line integrals along its edges: exact at the cusp, which is never sampled.
#pragma once

#include "integrate/ellipse_frame.hpp"
#include "integrate/moments.hpp"
#include "profile/radial_law.hpp"

namespace gaxel {

/// The moments of a box (docs/math/pixels.md, "The cusp"). By Green's theorem the flux is the integral of
/// G(s) (u dv - v du) along the boundary, G = F(<s) / (2 pi s), and so are, with g in place of G, the moments
/// of dg/ds: nothing is differenced. Absolute error of the flux below cusp_error(), wherever the centre lies:
/// inside, on an edge, on a corner, outside. flux_rounding, unless null, becomes a bound of the flux's
/// rounding error, all there is of error as long as the light within RadialLaw::CuspSampling::smallest_radius
/// is negligible.
Moments cusp_moments(const RadialLaw& law, const EllipseFrame& frame, const Box& box, bool derivatives,
                     double* flux_rounding = nullptr);

/// What the flux of any box errs by at most, per unit flux: some 1e-14, and more for thin profiles.
double cusp_error(const RadialLaw& law, const EllipseFrame& frame);

}  // namespace gaxel
