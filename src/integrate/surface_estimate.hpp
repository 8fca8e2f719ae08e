// Estimates of the error of a tile's polynomial and of a cell's rule, for light of which no bound is known.
#pragma once

#include <span>
#include <vector>

#include "integrate/surface_nodes.hpp"

namespace gaxel {

/// What is known of a tile's light from its nodes and a few places between them.
struct TileEstimate {
  double least = 0.0;    ///< smallest |light| seen
  double between = 0.0;  ///< largest |light - polynomial| at the places between the nodes
  /// Sums of |coefficient| of T_k in x over all of y, and the other way round; what is left behind the last
  /// is extrapolated into one more entry.
  std::vector<double> x_terms;
  std::vector<double> y_terms;

  /// Estimated largest error of the polynomial through fewer nodes, or as many.
  double error(const Orders& orders) const;
};

class SurfaceEstimator {
 public:
  SurfaceEstimator(const Surface& surface, const Grid& grid) : surface_(surface), grid_(grid) {}

  /// Evaluates a tile at (orders.y, orders.x) nodes and at places between them.
  TileEstimate tile(const Tile& tile, int side_x, int side_y, const Orders& orders);

  /// The integral of unit light over a cell or wedge, by each of kSurfaceOrders, with estimated errors.
  struct Integral {
    std::array<double, kSurfaceOrders.size()> flux{};
    std::array<double, kSurfaceOrders.size()> error{};
    double absolute = 0.0;          ///< of |light|
    std::array<double, 2> tails{};  ///< how much of the light is in the highest polynomials of each direction

    double best() const { return flux.back(); }
  };
  Integral cell(const CellPlace& cell);
  Integral wedge(const WedgeSide& side, const Wedge& wedge);

  /// Nodes that the two directions of a part need at least; see Surface::nodes_needed.
  std::array<double, 2> nodes_needed(const CellPlace& cell) const;
  std::array<double, 2> nodes_needed(const WedgeSide& side, const Wedge& wedge) const;

 private:
  template <class Nodes>
  Integral integrate(const Nodes& nodes);

  double brightest_on_border(const OffsetBox& box);

  const Surface& surface_;
  const Grid& grid_;
  NodeSet nodes_;
  std::vector<double> light_;
};

}  // namespace gaxel
