// The cells of a plan: pixels, and parts of pixels, by Gauss-Legendre rules.
#pragma once

#include <span>

#include "integrate/execute.hpp"

namespace gaxel {

/// Adds the profile to the pixels of the plan's cells.
void add_cells(const Plan& plan, const ProfileLight& light, ImageView image);

/// Also adds the derivatives, one image for each of `weights` (see derivative_weights).
void add_cells_with_derivatives(const Plan& plan, const ProfileLight& light, std::span<const Moments> weights,
                                ImageView image, std::span<const ImageView> derivatives);

/// Adds the cells' part of execute_adjoint.
void add_cell_adjoint(const Plan& plan, const ProfileLight& light, ConstImageView cotangent, Moments& sums);

/// Adds bounds of the cells' errors to their pixels; see add_error_bound.
void add_cell_bounds(const Plan& plan, const ProfileLight& light, ImageView bound);

/// Sets the pixels that cells lie in to 0.
void clear_cells(const Plan& plan, ImageView image);

}  // namespace gaxel
