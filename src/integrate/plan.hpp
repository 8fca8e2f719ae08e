// The plan: which cells an elliptical profile is integrated on, and with which rule each.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include "gaxel/image.hpp"
#include "integrate/ellipse_frame.hpp"
#include "integrate/group_bounds.hpp"
#include "profile/radial_law.hpp"

namespace gaxel {

/// |error of a pixel| <= absolute + relative * |pixel|, for a profile of unit flux.
struct PixelTolerance {
  double absolute;
  double relative;

  friend bool operator==(const PixelTolerance&, const PixelTolerance&) = default;
};

/// Rows of a grid: plans are made for bands of an image so that bands can be worked on at the same time.
struct RowBand {
  int first_row;
  int n_rows;

  int end() const { return first_row + n_rows; }
};

/// A rectangle of side_x by side_y pixels, powers of two, whose pixels share a polynomial; it may reach
/// beyond the grid.
struct Tile {
  std::int32_t row;  ///< first pixel
  std::int32_t col;
};

/// Tiles of one size and rule: those of Plan::tiles from `first`.
struct TileBucket {
  int side_x;
  int side_y;
  Orders orders;
  std::size_t first;
  std::size_t count;

  /// log2 of the longer side.
  int size() const { return std::countr_zero(static_cast<unsigned>(std::max(side_x, side_y))); }
};

/// Cells side by side, nx by ny, one in each pixel where they are pixels; else a single one inside a pixel.
struct CellBlock {
  double x;  ///< centre of the first cell
  double y;
  std::int32_t pixel;  ///< of the first cell: index into the grid's pixels, row-major
  std::int16_t nx;
  std::int16_t ny;

  std::size_t size() const { return static_cast<std::size_t>(nx) * static_cast<std::size_t>(ny); }
};

/// Cells of one size and rule: those of Plan::blocks from `first`.
struct CellBucket {
  int level_x;  ///< width = step / 2^level_x
  int level_y;
  Orders orders;
  std::size_t first;
  std::size_t count;    ///< blocks
  std::size_t n_cells;  ///< cells in them

  /// Of the shorter side: 2^-level of a pixel.
  int level() const { return std::max(level_x, level_y); }
};

/// The certificate compares a rule with one of this many more nodes in each direction.
inline constexpr int kCheckOrders = 2;

/// The same for tiles, whose polynomials gain less from a node.
inline constexpr int kTileCheckOrders = 6;

/// Immutable once made; can be executed from many threads at once, for the parameters it was made for and for
/// all those for which still_holds().
struct Plan {
  Grid grid;
  PixelTolerance tolerance{};
  RowBand band{};
  std::vector<TileBucket> tile_buckets;
  std::vector<Tile> tiles;
  std::vector<CellBucket> cell_buckets;
  std::vector<CellBlock> blocks;
  std::vector<std::int32_t> cusp_pixels;  ///< done in closed form
  bool limit_hit = false;                 ///< some pixel may miss the tolerance
};

/// Area of a pixel of the grid in the (u, v) plane.
inline double pixel_area(const Grid& grid, const EllipseFrame& frame) {
  return grid.step * grid.step * frame.area_factor();
}

/// Where a pixel of the grid lies.
inline Box pixel_box(const Grid& grid, std::int32_t pixel) {
  const double x = grid.x0 + (pixel % grid.shape.nx) * grid.step;
  const double y = grid.y0 + (pixel / grid.shape.nx) * grid.step;
  const double half = 0.5 * grid.step;
  return {x - half, x + half, y - half, y + half};
}

/// Tiles of so many pixels may be shared by components; smaller ones seldom meet one of another.
inline constexpr int kSharedPixels = 1024;

/// The cells of a tile that shares a polynomial: one, as large as the tile.
inline CellGroup tile_group(const Grid& grid, const Tile& tile, int side_x, int side_y) {
  return {grid.x0 + grid.step * (tile.col + 0.5 * (side_x - 1)),
          grid.y0 + grid.step * (tile.row + 0.5 * (side_y - 1)),
          0.0,
          0.0,
          0.5 * grid.step * side_x,
          0.5 * grid.step * side_y};
}

/// Cells of widths step / 2^level, nx by ny side by side, the first about (x, y).
inline CellGroup cell_group(const Grid& grid, double x, double y, int nx, int ny, int level_x, int level_y) {
  const double span_x = 0.5 * grid.step * (nx - 1);
  const double span_y = 0.5 * grid.step * (ny - 1);
  return {x + span_x,
          y + span_y,
          span_x,
          span_y,
          std::ldexp(0.5 * grid.step, -level_x),
          std::ldexp(0.5 * grid.step, -level_y)};
}

/// What a plan is made for.
struct PlanRequest {
  Grid grid;
  RowBand band;
  PixelTolerance tolerance;
  bool shared =
      false;  ///< give large tiles one of a few common orders, so that those of many components meet
};

/// Finds tiles and cells for a band of the grid such that every pixel's a-priori error bound meets the
/// tolerance: tiles as large as few nodes will do for; where a pixel alone needs many, the rule that it
/// needs, or cells within it; where those would cost more than the closed form of the cusp, that.
Plan prepare(const RadialLaw& law, const EllipseFrame& frame, const PlanRequest& request);

}  // namespace gaxel
