// From the light at a few Chebyshev nodes to the integrals over many pixels: the constants of a tile.
#pragma once

#include <vector>

namespace gaxel {

/// Largest number of pixels a side of a tile, of nodes that a plan gives it, and of nodes of any rule.
inline constexpr int kMaxTileSide = 64;
inline constexpr int kMaxTileNodes = 16;
inline constexpr int kMaxTileOrder = 22;

/// One direction of a tile of `side` pixels: `order` Chebyshev nodes (roots of T_order) and the means of the
/// interpolating polynomial over the pixels, mean over pixel m = sum_k means[k side + m] f(node k).
struct TileRule {
  int side;
  int order;
  std::vector<double> nodes;  ///< in pixels from the middle of the tile
  std::vector<double> means;  ///< (order, side), row-major: vectors run over pixels

  /// Nodes and pixels are symmetric about the middle. With f+- = f(node k) +- f(node order-1-k), the means
  /// over pixels m and side-1-m are the sum and the difference of sum_k even[k][m] f+ and sum_k odd[k][m] f-:
  /// half of the products. (half_order(), half_side()), row-major; the middle node of an odd order adds
  /// twice.
  std::vector<double> even;
  std::vector<double> odd;

  int half_order() const { return (order + 1) / 2; }
  int half_side() const { return (side + 1) / 2; }
};

/// For side a power of two up to kMaxTileSide and order 1 to kMaxTileOrder. Computed once and kept; safe from
/// any thread.
const TileRule& tile_rule(int side, int order);

/// Bound of |interpolant| / max |f at the nodes| in one direction, the Lebesgue constant: 2/pi ln(order) + 1
/// (Rivlin 1974, theorem 1.2).
double lebesgue_bound(int order);

/// Bound of |f - interpolant| / max |f| in a tile for f of one sign: a constant errs by no more than the
/// largest value, and other interpolants by that and what they amount to themselves.
double interpolation_amplification(int order_x, int order_y);

}  // namespace gaxel
