// Second derivatives by the cells of a plan, and their transpose (docs/math/pixels.md, "Second derivatives").
#pragma once

#include "integrate/light_rates.hpp"
#include "integrate/plan.hpp"

namespace gaxel {

/// Adds the second derivative along the rates' direction and the one of `weights` (direction_weights) to the
/// pixels of the plan's band. `image` is the whole grid.
void add_second_derivative(const Plan& plan, const ProfileLight& light, const LightRates& rates,
                           const DirectionWeights& weights, ImageView image);

/// The transpose: sum over the band's pixels of cotangent * moment and of cotangent * its rate, for every
/// moment. second_derivative() turns that into the derivatives to each parameter.
MomentRates execute_second_adjoint(const Plan& plan, const ProfileLight& light, const LightRates& rates,
                                   ConstImageView cotangent);

}  // namespace gaxel
