// The squared elliptical radius at many points, in vectors.
#pragma once

#include <cstddef>

#include "integrate/ellipse_frame.hpp"

namespace gaxel {

/// s[k] of (x[k], y[k]), at least the smallest normal number, so that its logarithm is finite. Returns
/// whether a point lies at the centre that closely.
bool squared_radii(const EllipseFrame& frame, const double* x, const double* y, std::size_t n, double* s);

}  // namespace gaxel
