#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>

#include "base/stop_scopes.hpp"
#include "integrate/surface_execute.hpp"
#include "integrate/surface_pixel.hpp"
#include "integrate/surface_plan.hpp"

namespace gaxel {
namespace {

// Parts of pixels that a band may try, so that no light takes for ever: beyond, its pixels stay whole, but
// those at the centre.
constexpr std::size_t kPartsOfBand = 150000;
constexpr std::size_t kPartsOfPixel = 8;  // and for each of the band's pixels

constexpr std::array kTileOrders{1, 2, 3, 4, 6, 8, 10, 12, 14, 16};

class SurfacePlanner {
 public:
  SurfacePlanner(const Surface& surface, double total, const PlanRequest& request)
      : surface_(surface),
        request_(request),
        grid_(request.grid),
        tolerance_{request.tolerance.absolute * total, request.tolerance.relative},
        estimator_(surface, grid_),
        centres_(centre_pixels(surface, grid_, request.band)),
        parts_left_(kPartsOfBand + kPartsOfPixel * Shape{request.band.n_rows, grid_.shape.nx}.size()) {}

  SurfacePlan run() {
    const int end = request_.band.end();
    for (int row = request_.band.first_row; row < end; row += kMaxTileSide) {
      for (int col = 0; col < grid_.shape.nx; col += kMaxTileSide) {
        visit({row, col}, kMaxTileSide, kMaxTileSide);
      }
    }
    return finish();
  }

 private:
  using TileKey = std::tuple<int, int, int, int>;  // sides, orders
  using CellKey = std::tuple<int, int, int>;       // levels, order

  bool is_outside(const Tile& tile) const {
    return tile.row >= request_.band.end() || tile.col >= grid_.shape.nx;
  }

  // Whether the rest is so small that pixels are better taken one by one.
  static bool is_small(int side_x, int side_y) { return side_x * side_y <= 2; }

  void visit(const Tile& tile, int side_x, int side_y) {
    if (is_outside(tile)) return;
    stop_if_wanted();
    if (is_small(side_x, side_y)) {
      for (int row = 0; row < side_y; ++row) {
        for (int col = 0; col < side_x; ++col) add_pixel({tile.row + row, tile.col + col});
      }
      return;
    }
    const auto [cut_x, cut_y] = try_tile(tile, side_x, side_y);
    if (!cut_x && !cut_y) return;
    // A direction that has no pixels to be cut between is cut by cutting the other one.
    const bool x = (cut_x && side_x > 1) || (cut_y && side_y == 1);
    const bool y = (cut_y && side_y > 1) || (cut_x && side_x == 1);
    const int next_x = x ? side_x / 2 : side_x;
    const int next_y = y ? side_y / 2 : side_y;
    for (int row = 0; row < side_y; row += next_y) {
      for (int col = 0; col < side_x; col += next_x) {
        visit({tile.row + row, tile.col + col}, next_x, next_y);
      }
    }
  }

  // Takes the tile as a leaf, or tells the directions in which it has to be cut.
  std::pair<bool, bool> try_tile(const Tile& tile, int side_x, int side_y) {
    const CellGroup group = tile_group(grid_, tile, side_x, side_y);
    const OffsetBox box{group.x - surface_.x0(), group.y - surface_.y0(), group.hx, group.hy};
    constexpr double kMargin = 1.0 + 1e-3;
    const bool holds_centre =
        std::abs(box.dx) <= kMargin * box.half_x && std::abs(box.dy) <= kMargin * box.half_y;
    const Orders most{most_tile_nodes(side_x), most_tile_nodes(side_y)};
    const auto needed = surface_.nodes_needed({box, {2.0 * box.half_x, 0.0}, {0.0, 2.0 * box.half_y}});
    const bool unseen_x = needed[0] > most.x;
    const bool unseen_y = needed[1] > most.y;
    if (unseen_x || unseen_y) return {unseen_x, unseen_y};
    if (holds_centre || surface_.crosses_edge(box)) return {true, true};
    const TileEstimate estimate = estimator_.tile(tile, side_x, side_y, most);
    const double area = grid_.step * grid_.step;
    const double allowed = tolerance_.absolute / area + tolerance_.relative * estimate.least;
    const Orders chosen = cheapest(estimate, most, allowed);
    if (chosen.x > 0) {
      tiles_[{side_x, side_y, chosen.x, chosen.y}].push_back(tile);
      return {false, false};
    }
    if (!std::isfinite(estimate.between)) return {true, true};
    const double x_tail = estimate.x_terms[estimate.x_terms.size() - 2] + estimate.x_terms.back();
    const double y_tail = estimate.y_terms[estimate.y_terms.size() - 2] + estimate.y_terms.back();
    constexpr double kMuch = 8.0;
    return {!(y_tail > kMuch * x_tail), !(x_tail > kMuch * y_tail)};
  }

  // The smallest rule with an error below `allowed`; 0 nodes where there is none.
  static Orders cheapest(const TileEstimate& estimate, const Orders& most, double allowed) {
    Orders best{0, 0};
    for (const int x : kTileOrders) {
      if (x > most.x) break;
      for (const int y : kTileOrders) {
        if (y > most.y || (best.x > 0 && x * y >= best.x * best.y)) break;
        if (estimate.error({x, y}) <= allowed) best = {x, y};
      }
    }
    return best;
  }

  void add_pixel(const Tile& at) {
    if (is_outside(at)) return;
    const auto pixel = static_cast<std::int32_t>(at.row * grid_.shape.nx + at.col);
    const bool centre = std::ranges::find(centres_, pixel) != centres_.end();
    const PixelParts parts = centre ? cut_centre_pixel(estimator_, surface_, grid_, pixel, tolerance_)
                                    : cut_pixel(estimator_, grid_, pixel, tolerance_, parts_left_);
    limit_hit_ |= !parts.complete;
    if (!centre) parts_left_ -= std::min(parts_left_, parts.n_tried);
    if (centre) plan_.cells.cusp_pixels.push_back(pixel);
    plan_.wedges.insert(plan_.wedges.end(), parts.wedges.begin(), parts.wedges.end());
    for (const PixelCell& cell : parts.cells) {
      cells_[{cell.level_x, cell.level_y, cell.order}].push_back({cell.place.x, cell.place.y, pixel, 1, 1});
    }
  }

  SurfacePlan finish() {
    Plan& plan = plan_.cells;
    plan.grid = grid_;
    plan.tolerance = request_.tolerance;
    plan.band = request_.band;
    plan.limit_hit = limit_hit_;
    std::ranges::sort(plan.cusp_pixels);
    for (const auto& [key, tiles] : tiles_) {
      const auto [side_x, side_y, order_x, order_y] = key;
      plan.tile_buckets.push_back({side_x, side_y, {order_x, order_y}, plan.tiles.size(), tiles.size()});
      plan.tiles.insert(plan.tiles.end(), tiles.begin(), tiles.end());
    }
    for (const auto& [key, blocks] : cells_) {
      const auto [level_x, level_y, order] = key;
      plan.cell_buckets.push_back(
          {level_x, level_y, {order, order}, plan.blocks.size(), blocks.size(), blocks.size()});
      plan.blocks.insert(plan.blocks.end(), blocks.begin(), blocks.end());
    }
    return std::move(plan_);
  }

  const Surface& surface_;
  const PlanRequest& request_;
  const Grid& grid_;
  PixelTolerance tolerance_;
  SurfaceEstimator estimator_;
  std::vector<std::int32_t> centres_;
  std::size_t parts_left_;
  std::map<TileKey, std::vector<Tile>> tiles_;
  std::map<CellKey, std::vector<CellBlock>> cells_;
  SurfacePlan plan_;
  bool limit_hit_ = false;
};

double sampled_light(const Surface& surface, const Grid& grid) {
  constexpr int kSamples = 48;
  const double width = grid.step * grid.shape.nx / kSamples;
  const double height = grid.step * grid.shape.ny / kSamples;
  NodeSet nodes;
  nodes.resize(static_cast<std::size_t>(kSamples * kSamples));
  std::size_t i = 0;
  for (int row = 0; row < kSamples; ++row) {
    for (int col = 0; col < kSamples; ++col, ++i) {
      nodes.dx[i] = grid.x0 - 0.5 * grid.step + (col + 0.5) * width - surface.x0();
      nodes.dy[i] = grid.y0 - 0.5 * grid.step + (row + 0.5) * height - surface.y0();
    }
  }
  std::vector<double> light(nodes.size());
  surface.evaluate(nodes.dx.data(), nodes.dy.data(), nodes.size(), light.data());
  double sum = 0.0;
  for (const double value : light) {
    if (std::isfinite(value)) sum += std::abs(value);
  }
  return sum * width * height;
}

}  // namespace

std::vector<std::int32_t> centre_pixels(const Surface& surface, const Grid& grid, const RowBand& band) {
  constexpr double kNear = 1e-3;
  const double col = (surface.x0() - grid.x0) / grid.step;
  const double row = (surface.y0() - grid.y0) / grid.step;
  std::vector<std::int32_t> pixels;
  if (!(std::abs(col) < 1e9 && std::abs(row) < 1e9)) return pixels;
  for (double r = std::floor(row); r <= std::floor(row) + 1.0; ++r) {
    for (double c = std::floor(col); c <= std::floor(col) + 1.0; ++c) {
      const bool near = std::abs(r - row) <= 0.5 + kNear && std::abs(c - col) <= 0.5 + kNear;
      const bool inside = r >= band.first_row && r < band.end() && c >= 0.0 && c < grid.shape.nx;
      if (near && inside) pixels.push_back(static_cast<std::int32_t>(r * grid.shape.nx + c));
    }
  }
  return pixels;
}

SurfacePlan prepare_surface(const Surface& surface, double total, const PlanRequest& request) {
  return SurfacePlanner(surface, total, request).run();
}

// From a coarse sample to coarse pixels, which are done again where the sample, by a node next to a peak, was
// far too large and the pixels too coarse for it.
double light_inside(const Surface& surface, const Grid& grid) {
  constexpr double kCoarse = 1e-2;
  constexpr double kFar = 10.0;
  const PixelTolerance tolerance{kCoarse / static_cast<double>(grid.shape.size()), kCoarse};
  double total = sampled_light(surface, grid);
  for (int attempt = 0; attempt < 2; ++attempt) {
    const SurfacePlan plan = prepare_surface(surface, total, {grid, {0, grid.shape.ny}, tolerance, false});
    Image image(grid.shape);
    execute_surface(plan, surface, 1.0, Drawing::kPixels, image.view());
    const double before = total;
    total = 0.0;
    for (const double pixel : image.pixels()) total += std::abs(pixel);
    if (before < kFar * total) break;
  }
  return total;
}

}  // namespace gaxel
