// Where the nodes of tiles, cells and wedges lie, and the unit light there.
#pragma once

#include <array>
#include <cmath>
#include <span>
#include <vector>

#include "integrate/surface_plan.hpp"
#include "integrate/tile_rule.hpp"

namespace gaxel {

/// Nodes as offsets from a surface's centre, with weights such that sum weight * light is a flux.
struct NodeSet {
  std::vector<double> dx;
  std::vector<double> dy;
  std::vector<double> weight;  ///< not of tiles
  /// Wedges, whose nodes move with the centre: by 1 - reach of what it does; weights change by d_weight *
  /// (-y, x) of the side.
  std::vector<double> reach;
  std::vector<double> per_area;  ///< weight = per_area * the wedge's area factor

  std::size_t size() const { return dx.size(); }
  void resize(std::size_t n);
};

/// A cell inside a pixel: half-widths and middle, data pixels.
struct CellPlace {
  double x;
  double y;
  double half_x;
  double half_y;
};

/// Where the cell of a plan lies, on a grid of that step.
inline CellPlace place_of(const CellBlock& block, const CellBucket& bucket, double step) {
  return {block.x, block.y, std::ldexp(0.5 * step, -bucket.level_x), std::ldexp(0.5 * step, -bucket.level_y)};
}

/// The corners of a wedge's side as offsets from the centre, and twice the signed area of its whole triangle.
struct WedgeSide {
  std::array<double, 2> from;
  std::array<double, 2> along;  ///< to the other corner
  double area;
};

WedgeSide wedge_side(const Surface& surface, const Box& pixel, int side);

/// Chebyshev nodes, (orders.y, orders.x).
void tile_nodes(const Surface& surface, const Grid& grid, const Tile& tile, int side_x, int side_y,
                const Orders& orders, NodeSet& nodes);

/// Gauss-Legendre nodes, (order, order); where the light is not smooth on a curve that crosses, those of
/// make_curve_rule.
void cell_nodes(const Surface& surface, const CellPlace& cell, int order, NodeSet& nodes);
void wedge_nodes(const Surface& surface, const WedgeSide& side, const Wedge& wedge, int order,
                 NodeSet& nodes);

}  // namespace gaxel
