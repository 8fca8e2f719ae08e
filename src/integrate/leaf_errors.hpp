// A-priori errors of the tiles and cells of a plan, for the parameters it was made for or others.
#pragma once

#include <vector>

#include "integrate/plan.hpp"

namespace gaxel {

/// Bounds of the error per pixel of a tile, or of a cell's flux: with the plan's rules, and with the rules
/// that they are checked with. Per unit flux.
struct LeafErrors {
  std::vector<double> rule;
  std::vector<double> check;
};

/// In the order of Plan::tiles.
LeafErrors tile_errors(const Plan& plan, const RadialLaw& law, const EllipseFrame& frame);

/// In the order of Plan::blocks; one bound for all cells of a block.
LeafErrors cell_errors(const Plan& plan, const RadialLaw& law, const EllipseFrame& frame);

/// Whether the plan's bounds, but for rounding, meet the tolerance in every pixel for these parameters. A
/// fraction of the price of a new plan: leaves alone are bounded, none is searched for.
bool still_holds(const Plan& plan, const RadialLaw& law, const EllipseFrame& frame,
                 const PixelTolerance& tolerance);

}  // namespace gaxel
