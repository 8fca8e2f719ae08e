#include <algorithm>
#include <cmath>

#include "integrate/surface_estimate.hpp"
#include "integrate/surface_execute.hpp"
#include "integrate/tile_sums.hpp"

namespace gaxel {
namespace {

double error_of(const SurfaceEstimator::Integral& integral, int order) {
  const auto found = std::ranges::find(kSurfaceOrders, order);
  return integral.error[static_cast<std::size_t>(found - kSurfaceOrders.begin())];
}

bool can_hide(const std::array<double, 2>& needed, const Orders& nodes) {
  return needed[0] > nodes.x || needed[1] > nodes.y;
}

// Whether light could lie between the nodes of some leaf unseen. Orders that are lower than the planner's
// looked at as many nodes when they were chosen.
bool could_hide(const SurfacePlan& plan, const Surface& surface) {
  const Grid& grid = plan.cells.grid;
  const SurfaceEstimator estimator(surface, grid);
  for (const TileBucket& bucket : plan.cells.tile_buckets) {
    const Orders most{most_tile_nodes(bucket.side_x), most_tile_nodes(bucket.side_y)};
    for (std::size_t i = bucket.first; i < bucket.first + bucket.count; ++i) {
      const CellGroup group = tile_group(grid, plan.cells.tiles[i], bucket.side_x, bucket.side_y);
      const OffsetBox box{group.x - surface.x0(), group.y - surface.y0(), group.hx, group.hy};
      if (surface.crosses_edge(box)) return true;
      if (can_hide(surface.nodes_needed({box, {2.0 * box.half_x, 0.0}, {0.0, 2.0 * box.half_y}}), most)) {
        return true;
      }
    }
  }
  const Orders most{kSurfaceOrders.back(), kSurfaceOrders.back()};
  for (const CellBucket& bucket : plan.cells.cell_buckets) {
    for (std::size_t i = bucket.first; i < bucket.first + bucket.count; ++i) {
      const CellPlace place = place_of(plan.cells.blocks[i], bucket, grid.step);
      if (can_hide(estimator.nodes_needed(place), most)) return true;
    }
  }
  return std::ranges::any_of(plan.wedges, [&](const Wedge& wedge) {
    const WedgeSide side = wedge_side(surface, pixel_box(grid, wedge.pixel), wedge.side);
    return can_hide(estimator.nodes_needed(side, wedge), most);
  });
}

}  // namespace

void add_surface_error(const SurfacePlan& plan, const Surface& surface, double scale, ImageView bound) {
  const Grid& grid = plan.cells.grid;
  const double area = grid.step * grid.step;
  SurfaceEstimator estimator(surface, grid);
  for (const TileBucket& bucket : plan.cells.tile_buckets) {
    const Orders most{most_tile_nodes(bucket.side_x), most_tile_nodes(bucket.side_y)};
    for (std::size_t i = bucket.first; i < bucket.first + bucket.count; ++i) {
      const Tile& tile = plan.cells.tiles[i];
      const TilePlace place{tile.row,      tile.col,        bucket.side_x,
                            bucket.side_y, bucket.orders.x, bucket.orders.y};
      const double error =
          scale * area * estimator.tile(tile, bucket.side_x, bucket.side_y, most).error(bucket.orders);
      const Shape covered = covered_by(place, plan.cells.band, grid.shape.nx);
      for (int row = 0; row < covered.ny; ++row) {
        for (int col = 0; col < covered.nx; ++col) bound(tile.row + row, tile.col + col) += error;
      }
    }
  }
  for (const CellBucket& bucket : plan.cells.cell_buckets) {
    for (std::size_t i = bucket.first; i < bucket.first + bucket.count; ++i) {
      const CellBlock& block = plan.cells.blocks[i];
      bound.data()[block.pixel] +=
          scale * error_of(estimator.cell(place_of(block, bucket, grid.step)), bucket.orders.x);
    }
  }
  for (const Wedge& wedge : plan.wedges) {
    const WedgeSide side = wedge_side(surface, pixel_box(grid, wedge.pixel), wedge.side);
    bound.data()[wedge.pixel] += scale * error_of(estimator.wedge(side, wedge), wedge.order);
  }
}

bool still_holds(const SurfacePlan& plan, const Surface& surface, double total,
                 const PixelTolerance& tolerance) {
  const Grid& grid = plan.cells.grid;
  const Band& band = plan.cells.band;
  if (centre_pixels(surface, grid, band) != plan.cells.cusp_pixels || could_hide(plan, surface)) return false;
  Image image(grid.shape);
  Image error(grid.shape);
  execute_surface(plan, surface, 1.0, Drawing::kPixels, image.view());
  add_surface_error(plan, surface, 1.0, error.view());
  const auto first = static_cast<std::size_t>(band.first_row) * static_cast<std::size_t>(grid.shape.nx);
  const std::size_t n = Shape{band.n_rows, grid.shape.nx}.size();
  for (std::size_t i = first; i < first + n; ++i) {
    const double allowed = tolerance.absolute * total + tolerance.relative * std::abs(image.pixels()[i]);
    if (!(error.pixels()[i] <= allowed)) return false;
  }
  return true;
}

}  // namespace gaxel
