// The tiles of a plan: nodes, light at the nodes, expansion to pixels.
#pragma once

#include <span>

#include "gaxel/image.hpp"
#include "integrate/execute.hpp"

namespace gaxel {

/// Adds flux times the profile to the pixels of the plan's tiles; with `sums`, the light of large tiles goes
/// there instead. Counts the work.
void add_tiles(const Plan& plan, const RadialLaw& law, const EllipseFrame& frame, double flux,
               ImageView image, TileSums* sums, WorkCount& work);

/// Also writes the derivatives, one image for each of `weights` (see derivative_weights), in place of what
/// was there.
void add_tiles_with_derivatives(const Plan& plan, const RadialLaw& law, const EllipseFrame& frame,
                                double flux, std::span<const Moments> weights, ImageView image,
                                std::span<const ImageView> derivatives, WorkCount& work);

/// Adds bounds of the errors of the tiles' pixels, for |flux| = scale; see add_error_bound.
void add_tile_bounds(const Plan& plan, const RadialLaw& law, const EllipseFrame& frame, double scale,
                     ImageView bound);

}  // namespace gaxel
