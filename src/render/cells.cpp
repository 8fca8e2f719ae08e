#include "render/cells.hpp"

#include <algorithm>
#include <cmath>

#include "integrate/tile_sums.hpp"

namespace gaxel {
namespace {

class Collector {
 public:
  explicit Collector(const Grid& grid) : map_{grid, {}} {}

  void add(const Plan& plan) {
    for (const TileBucket& bucket : plan.tile_buckets) add_tiles(plan, bucket);
    for (const CellBucket& bucket : plan.cell_buckets) add_cells(plan, bucket);
    for (const std::int32_t pixel : plan.cusp_pixels) {
      const int row = pixel / grid().shape.nx;
      const int col = pixel % grid().shape.nx;
      add_pixels(CellKind::kCusp, 0, row, col, {1, 1}, {0, 0});
    }
  }

  CellMap finish() { return std::move(map_); }

 private:
  const Grid& grid() const { return map_.grid; }

  void add_pixels(CellKind kind, int level, int row, int col, Shape size, const Orders& orders) {
    const double x_min = grid().x0 + (col - 0.5) * grid().step;
    const double y_min = grid().y0 + (row - 0.5) * grid().step;
    map_.cells.push_back({kind, level, x_min, x_min + size.nx * grid().step, y_min,
                          y_min + size.ny * grid().step, orders.x, orders.y});
  }

  void add_tiles(const Plan& plan, const TileBucket& bucket) {
    for (std::size_t i = bucket.first; i < bucket.first + bucket.count; ++i) {
      const Tile& tile = plan.tiles[i];
      const TilePlace place{tile.row,      tile.col,        bucket.side_x,
                            bucket.side_y, bucket.orders.x, bucket.orders.y};
      const Shape inside = covered_by(place, plan.band, grid().shape.nx);
      add_pixels(CellKind::kTile, bucket.size(), tile.row, tile.col, inside, bucket.orders);
    }
  }

  void add_cells(const Plan& plan, const CellBucket& bucket) {
    const int level = bucket.level();
    const CellKind kind = level == 0 ? CellKind::kPixel : CellKind::kPart;
    const double half_x = std::ldexp(0.5 * grid().step, -bucket.level_x);
    const double half_y = std::ldexp(0.5 * grid().step, -bucket.level_y);
    for (std::size_t i = bucket.first; i < bucket.first + bucket.count; ++i) {
      const CellBlock& block = plan.blocks[i];
      for (int row = 0; row < block.ny; ++row) {
        for (int col = 0; col < block.nx; ++col) {
          const double x = block.x + col * grid().step;
          const double y = block.y + row * grid().step;
          map_.cells.push_back({kind, -level, x - half_x, x + half_x, y - half_y, y + half_y, bucket.orders.x,
                                bucket.orders.y});
        }
      }
    }
  }

  CellMap map_;
};

}  // namespace

CellMap cells_of(const LightPlan& plan) {
  Collector collector(plan.grid);
  for (const Plan& band : plan.bands) collector.add(band);
  return collector.finish();
}

CellMap cells_of(const SurfaceLightPlan& plan) {
  Collector collector(plan.grid);
  for (const SurfacePlan& band : plan.bands) collector.add(band.cells);
  return collector.finish();
}

}  // namespace gaxel
