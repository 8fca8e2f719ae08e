// Carrying out a plan: light at the nodes in vectors, pixels, derivatives, their transpose, and the error's
// bound.
#pragma once

#include <span>

#include "gaxel/image.hpp"
#include "integrate/moments.hpp"
#include "integrate/plan.hpp"
#include "integrate/tile_kernel.hpp"
#include "integrate/tile_sums.hpp"

namespace gaxel {

/// A profile of total flux `flux`: what a plan is carried out for.
struct ProfileLight {
  const RadialLaw& law;
  const EllipseFrame& frame;
  double flux;
  /// d(flux)/d(parameter), by LightParameter: where a surface brightness is given, the flux depends on all.
  FluxSlopes d_flux = kOwnFlux;
};

/// Counts of work, for the certificate. Level k: cells whose longer refinement is 2^-k of a pixel; size k:
/// tiles whose longer side is 2^k pixels.
struct WorkCount {
  std::int64_t n_evaluations = 0;
  std::vector<std::int64_t> tiles_per_size;
  std::vector<std::int64_t> cells_per_level;
  std::int64_t n_cusps = 0;
};

/// What carrying out a plan once amounts to; the nodes of closed forms are not counted.
WorkCount count_work(const Plan& plan);

/// Writes the profile to the pixels of the plan's band. `image` is the whole grid.
void execute(const Plan& plan, const ProfileLight& light, Write write, ImageView image);

/// Adds the profile to the pixels of the plan's band, but for the light of tiles of kSharedPixels or more,
/// which goes to `sums`: to be expanded once for all components.
void execute_shared(const Plan& plan, const ProfileLight& light, ImageView image, TileSums& sums);

/// Writes the profile, and its derivatives with respect to `parameters` to the images `derivatives`, one
/// each, of the grid's shape: to the pixels of the plan's band, in place of what was there.
void execute_with_derivatives(const Plan& plan, const ProfileLight& light,
                              std::span<const LightParameter> parameters, Write write, ImageView image,
                              std::span<const ImageView> derivatives);

/// The transpose: sum over the band's pixels of cotangent * moment, for every moment. With derivative_weights
/// these give the gradient of any function of the image whose gradient to the image is `cotangent`, with no
/// image of a derivative.
Moments execute_adjoint(const Plan& plan, const ProfileLight& light, ConstImageView cotangent);

/// Adds a bound of each pixel's error to `bound`: the difference to a rule with kCheckOrders (tiles:
/// kTileCheckOrders) more nodes plus that rule's a-priori bound, at most the a-priori bound of the plan's
/// rule, plus rounding.
void add_error_bound(const Plan& plan, const ProfileLight& light, ImageView bound);

}  // namespace gaxel
