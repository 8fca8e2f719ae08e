// The plan: which cells an elliptical profile is integrated on, and with which rule each.
#pragma once

#include <cstdint>
#include <vector>

#include "gaxel/image.hpp"
#include "integrate/ellipse_frame.hpp"
#include "profile/radial_law.hpp"

namespace gaxel {

/// |error of a pixel| <= absolute + relative * |pixel|, for a profile of unit flux.
struct PixelTolerance {
  double absolute;
  double relative;
};

/// Rows of a grid: plans are made for bands of an image so that bands can be worked on at the same time.
struct Band {
  int first_row;
  int n_rows;
};

/// Cells of one size and rule, as a structure of arrays.
struct CellBucket {
  int order_x;
  int order_y;
  int level_x;  ///< width = step / 2^level_x
  int level_y;
  std::vector<double> x;  ///< centres
  std::vector<double> y;
  std::vector<std::int32_t> pixel;  ///< index into the grid's pixels, row-major
  std::vector<float> prior;         ///< bound of the error of the cell's flux with this rule; see prepare
  std::vector<float> check_prior;   ///< the same with kCheckOrders more nodes in each direction
};

/// Tiles of one size and rule: rectangles of side_x by side_y pixels, powers of two, whose pixels share a
/// polynomial.
struct TileBucket {
  int side_x;
  int side_y;
  int order_x;
  int order_y;
  std::vector<std::int32_t> row;  ///< first pixel; a tile may reach beyond the grid
  std::vector<std::int32_t> col;
  std::vector<float> prior;        ///< bound of a pixel's error with this rule; see prepare
  std::vector<float> check_prior;  ///< the same with kTileCheckOrders more nodes in each direction
};

/// The certificate compares a rule with one of this many more nodes in each direction.
inline constexpr int kCheckOrders = 2;

/// The same for tiles, whose polynomials gain less from a node.
inline constexpr int kTileCheckOrders = 6;

/// Bound of the absolute error of the closed form of a pixel at the cusp, per unit flux.
inline constexpr double kCuspError = 1e-14;

/// Immutable once made; can be executed for the parameters it was made for, from many threads at once.
struct Plan {
  Grid grid;
  PixelTolerance tolerance{};
  Band band{};
  std::vector<TileBucket> tiles;
  std::vector<CellBucket> cells;
  std::vector<std::int32_t> cusp_pixels;  ///< done in closed form
  bool limit_hit = false;                 ///< some pixel may miss the tolerance
  bool with_priors = false;               ///< the buckets hold bounds
};

/// Finds tiles and cells for a band of the grid such that every pixel's a-priori error bound meets the
/// tolerance: tiles as large as few nodes will do for; where a pixel alone needs many, the rule that it
/// needs, or cells within it; where those would cost more than the closed form of the cusp, that. The
/// buckets' priors are for add_error_bound, and empty without `with_priors`.
Plan prepare(const RadialLaw& law, const EllipseFrame& frame, const Grid& grid, const Band& band,
             const PixelTolerance& tolerance, bool with_priors);

}  // namespace gaxel
