// The tiles of a plan: nodes, light at the nodes, expansion to pixels.
#pragma once

#include <span>

#include "integrate/execute.hpp"

namespace gaxel {

/// Writes the profile to the pixels of the plan's tiles; with `sums`, the light of large tiles goes there
/// instead.
void execute_tiles(const Plan& plan, const ProfileLight& light, Write write, ImageView image, TileSums* sums);

/// Also writes the derivatives, one image for each of `weights` (see derivative_weights), in place of what
/// was there.
void execute_tiles_with_derivatives(const Plan& plan, const ProfileLight& light,
                                    std::span<const Moments> weights, Write write, ImageView image,
                                    std::span<const ImageView> derivatives);

/// Adds the tiles' part of execute_adjoint.
void add_tile_adjoint(const Plan& plan, const ProfileLight& light, ConstImageView cotangent, Moments& sums);

/// Adds bounds of the errors of the tiles' pixels; see add_error_bound.
void add_tile_bounds(const Plan& plan, const ProfileLight& light, ImageView bound);

}  // namespace gaxel
