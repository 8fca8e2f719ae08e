// The plan of a surface: the cells of a Plan, found by estimates of the error in place of bounds, and wedges
// about the centre in place of the closed form.
#pragma once

#include <array>
#include <vector>

#include "integrate/plan.hpp"
#include "integrate/tile_rule.hpp"
#include "profile/surface.hpp"

namespace gaxel {

/// A part of the triangle between the centre and one side of a pixel: places centre + t^m (e - centre), e on
/// the side at `across` of its length. Signed: the four triangles of a pixel add up to it wherever the centre
/// is.
struct Wedge {
  std::int32_t pixel;
  int side;     ///< 0 to 3: from the lower left corner on, counter-clockwise
  double t[2];  ///< from, to; 0 to 1
  double across[2];
  int order;  ///< nodes a direction, Gauss-Legendre in t and across
};

/// Immutable once made. Cells' centres are absolute; wedges follow the centre.
struct SurfacePlan {
  Plan cells;  ///< cusp_pixels: those that are made of wedges
  std::vector<Wedge> wedges;
};

/// Gauss-Legendre orders of cells and wedges.
inline constexpr std::array kSurfaceOrders{4, 6, 8};

/// Nodes that a direction of a tile of `side` pixels may have: no more than pixels would need by themselves.
constexpr int most_tile_nodes(int side) {
  return side >= 16 ? kMaxTileNodes : side == 8 ? 12 : side == 4 ? 8 : side == 2 ? 6 : 4;
}

/// Pixels that hold the centre, or miss it by less than a thousandth of their side: inside the band, in
/// order.
std::vector<std::int32_t> centre_pixels(const Surface& surface, const Grid& grid, const RowBand& band);

/// Finds tiles, cells and wedges for a band of the grid such that every pixel's estimated error meets the
/// tolerance, which is that of a surface whose light is `total` in all: |error| <= absolute * total +
/// relative
/// * |pixel|, in unit light.
SurfacePlan prepare_surface(const Surface& surface, double total, const PlanRequest& request);

/// What |unit light| inside the grid amounts to, about: for surfaces without a total of their own.
double light_inside(const Surface& surface, const Grid& grid);

}  // namespace gaxel
