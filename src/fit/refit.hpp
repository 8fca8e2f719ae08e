// Fits that start where another one ended.
#pragma once

#include <span>

#include "gaxel/fit.hpp"

namespace gaxel {

/// The place of a free value in a scene.
double& value_in(Scene& scene, const FreeValue& which);

/// Holds it at `value`.
void hold(Scene& scene, const FreeValue& which, double value);

/// The angle that is the same direction as `theta`, nearest to `best`; other values as they are, and angles
/// that have bounds or depend on wavelength.
double nearest_turn(const Scene& scene, const FreeValue& which, double theta, double best);

/// Options for fits of which there are many: one thread, nothing that only the first one is asked for.
FitOptions refit_options(FitOptions options);

}  // namespace gaxel
