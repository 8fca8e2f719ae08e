#include "integrate/surface_nodes.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "gaxel/quadrature.hpp"
#include "integrate/curve_rule.hpp"

namespace gaxel {
namespace {

// The levels of a surface that change their sign in a rectangle of (a, b), as functions of these, which
// offset(a, b) takes to offsets from its centre.
template <class Offset>
std::vector<Level> levels_in(const Surface& surface, const Offset& offset, const Box& box) {
  std::vector<Level> levels;
  for (std::size_t k = 0; k < surface.n_levels(); ++k) {
    const Level level{[&surface, &offset, k](double a, double b) {
                        const auto [dx, dy] = offset(a, b);
                        return surface.level(k, dx, dy);
                      },
                      surface.is_kink(k)};
    if (is_crossed(box, level)) levels.push_back(level);
  }
  return levels;
}

// The rule for a rectangle of (a, b): that of products, or where curves cross it theirs.
template <class Offset>
void make_rule(const Surface& surface, const Offset& offset, const Box& box, int order,
               std::vector<RuleNode>& nodes) {
  const std::vector<Level> levels = levels_in(surface, offset, box);
  if (!levels.empty()) {
    make_curve_rule(box, levels, order, nodes);
    return;
  }
  const QuadratureRule& rule = gauss_legendre(order);
  const double half_a = 0.5 * (box.x_max - box.x_min);
  const double half_b = 0.5 * (box.y_max - box.y_min);
  nodes.clear();
  for (std::size_t l = 0; l < rule.size(); ++l) {
    for (std::size_t k = 0; k < rule.size(); ++k) {
      nodes.push_back({box.x_min + half_a * (1.0 + rule.nodes[k]), box.y_min + half_b * (1.0 + rule.nodes[l]),
                       half_a * rule.weights[k] * half_b * rule.weights[l]});
    }
  }
}

}  // namespace

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
  const double x = cell.x - surface.x0();
  const double y = cell.y - surface.y0();
  std::vector<RuleNode> rule;
  make_rule(
      surface, [](double dx, double dy) { return std::pair(dx, dy); },
      {x - cell.half_x, x + cell.half_x, y - cell.half_y, y + cell.half_y}, order, rule);
  nodes.resize(rule.size());
  for (std::size_t i = 0; i < rule.size(); ++i) {
    nodes.dx[i] = rule[i].x;
    nodes.dy[i] = rule[i].y;
    nodes.weight[i] = rule[i].weight;
  }
}

// With reach = t^m the area element is |area| reach d(reach) d(across).
void wedge_nodes(const Surface& surface, const WedgeSide& side, const Wedge& wedge, int order,
                 NodeSet& nodes) {
  const double m = surface.centre_power();
  const auto offset = [&](double t, double across) {
    const double reach = std::pow(t, m);
    return std::pair(reach * (side.from[0] + across * side.along[0]),
                     reach * (side.from[1] + across * side.along[1]));
  };
  // In the centre all curves meet: what matters is where they leave it.
  const auto near_offset = [&](double t, double across) {
    constexpr double kNearest = 1e-12;
    const double reach = std::max(std::pow(t, m), kNearest);
    return std::pair(reach * (side.from[0] + across * side.along[0]),
                     reach * (side.from[1] + across * side.along[1]));
  };
  std::vector<RuleNode> rule;
  make_rule(surface, near_offset, {wedge.t[0], wedge.t[1], wedge.across[0], wedge.across[1]}, order, rule);
  nodes.resize(rule.size());
  for (std::size_t i = 0; i < rule.size(); ++i) {
    const double t = rule[i].x;
    const double reach = std::pow(t, m);
    std::tie(nodes.dx[i], nodes.dy[i]) = offset(t, rule[i].y);
    nodes.reach[i] = reach;
    nodes.per_area[i] = m * reach * reach / t * rule[i].weight;
    nodes.weight[i] = side.area * nodes.per_area[i];
  }
}

}  // namespace gaxel
