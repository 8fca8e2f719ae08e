// Carrying out a plan: node evaluations in vectors over cells, sums per pixel, derivatives and the error's
// bound.
#pragma once

#include <span>

#include "gaxel/image.hpp"
#include "integrate/moments.hpp"
#include "integrate/plan.hpp"
#include "integrate/tile_sums.hpp"

namespace gaxel {

/// Counts of work, for the certificate. Level k: cells whose longer refinement is 2^-k of a pixel; size k:
/// tiles whose longer side is 2^k pixels.
struct WorkCount {
  std::int64_t n_evaluations = 0;
  std::vector<std::int64_t> tiles_per_size;
  std::vector<std::int64_t> cells_per_level;
  std::int64_t n_cusps = 0;
};

/// Adds flux times the profile to the pixels of the plan's band. `image` is the whole grid. With `sums` the
/// light of large tiles goes there instead: to be expanded once for all components.
WorkCount execute(const Plan& plan, const RadialLaw& law, const EllipseFrame& frame, double flux,
                  ImageView image, TileSums* sums = nullptr);

/// Also writes the derivatives with respect to `parameters` to the images `derivatives`, one each, of the
/// grid's shape: to the pixels of the plan's band, in place of what was there.
WorkCount execute_with_derivatives(const Plan& plan, const RadialLaw& law, const EllipseFrame& frame,
                                   double flux, std::span<const LightParameter> parameters, ImageView image,
                                   std::span<const ImageView> derivatives);

/// Adds a bound of each pixel's error to `bound`, for a plan with priors (else throws std::logic_error): the
/// difference to a rule with kCheckOrders (tiles: kTileCheckOrders) more nodes plus that rule's a-priori
/// bound, at most the a-priori bound of the plan's rule, plus rounding.
void add_error_bound(const Plan& plan, const RadialLaw& law, const EllipseFrame& frame, double flux,
                     ImageView bound);

}  // namespace gaxel
