// Checks of parameters that belong together.
#pragma once

#include "gaxel/component.hpp"

namespace gaxel {

/// Throws InputError for a valid component whose parameters are each in their range and make no light
/// together: Fourier modes that leave no radius in some direction, radii of a spiral, of knots or of
/// Gaussians out of order.
void check_shapes(const Component& component);

}  // namespace gaxel
