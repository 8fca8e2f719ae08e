#include "integrate/surface_nodes.hpp"

#include <cmath>

#include "gaxel/quadrature.hpp"

namespace gaxel {

void NodeSet::resize(std::size_t n) {
  for (std::vector<double>* part : {&dx, &dy, &weight, &reach, &per_area}) part->resize(n);
}

WedgeSide wedge_side(const Surface& surface, const Box& pixel, int side) {
  const std::array<std::array<double, 2>, 4> corners{{{pixel.x_min, pixel.y_min},
                                                      {pixel.x_max, pixel.y_min},
                                                      {pixel.x_max, pixel.y_max},
                                                      {pixel.x_min, pixel.y_max}}};
  const auto& from = corners[static_cast<std::size_t>(side)];
  const auto& to = corners[static_cast<std::size_t>((side + 1) % 4)];
  WedgeSide result{{from[0] - surface.x0(), from[1] - surface.y0()}, {to[0] - from[0], to[1] - from[1]}, 0.0};
  result.area = result.from[0] * result.along[1] - result.from[1] * result.along[0];
  return result;
}

void tile_nodes(const Surface& surface, const Grid& grid, const Tile& tile, int side_x, int side_y,
                const Orders& orders, NodeSet& nodes) {
  const TileRule& x_rule = tile_rule(side_x, orders.x);
  const TileRule& y_rule = tile_rule(side_y, orders.y);
  const double x = grid.x0 + grid.step * (tile.col + 0.5 * (side_x - 1)) - surface.x0();
  const double y = grid.y0 + grid.step * (tile.row + 0.5 * (side_y - 1)) - surface.y0();
  nodes.resize(x_rule.nodes.size() * y_rule.nodes.size());
  std::size_t i = 0;
  for (const double node_y : y_rule.nodes) {
    for (const double node_x : x_rule.nodes) {
      nodes.dx[i] = x + grid.step * node_x;
      nodes.dy[i++] = y + grid.step * node_y;
    }
  }
}

void cell_nodes(const Surface& surface, const CellPlace& cell, int order, NodeSet& nodes) {
  const QuadratureRule& rule = gauss_legendre(order);
  nodes.resize(rule.size() * rule.size());
  std::size_t i = 0;
  for (std::size_t l = 0; l < rule.size(); ++l) {
    for (std::size_t k = 0; k < rule.size(); ++k, ++i) {
      nodes.dx[i] = (cell.x - surface.x0()) + cell.half_x * rule.nodes[k];
      nodes.dy[i] = (cell.y - surface.y0()) + cell.half_y * rule.nodes[l];
      nodes.weight[i] = cell.half_x * rule.weights[k] * cell.half_y * rule.weights[l];
    }
  }
}

// With reach = t^m the area element is |area| reach d(reach) d(across).
void wedge_nodes(const Surface& surface, const WedgeSide& side, const Wedge& wedge, int order,
                 NodeSet& nodes) {
  const QuadratureRule& rule = gauss_legendre(order);
  const double m = surface.centre_power();
  const double half_t = 0.5 * (wedge.t[1] - wedge.t[0]);
  const double half_across = 0.5 * (wedge.across[1] - wedge.across[0]);
  nodes.resize(rule.size() * rule.size());
  std::size_t i = 0;
  for (std::size_t l = 0; l < rule.size(); ++l) {
    const double across = wedge.across[0] + half_across * (1.0 + rule.nodes[l]);
    for (std::size_t k = 0; k < rule.size(); ++k, ++i) {
      const double t = wedge.t[0] + half_t * (1.0 + rule.nodes[k]);
      const double reach = std::pow(t, m);
      nodes.dx[i] = reach * (side.from[0] + across * side.along[0]);
      nodes.dy[i] = reach * (side.from[1] + across * side.along[1]);
      nodes.reach[i] = reach;
      nodes.per_area[i] = m * reach * reach / t * half_t * rule.weights[k] * half_across * rule.weights[l];
      nodes.weight[i] = side.area * nodes.per_area[i];
    }
  }
}

}  // namespace gaxel
