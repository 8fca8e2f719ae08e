#include "integrate/plan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <tuple>

#include "integrate/error_bound.hpp"
#include "integrate/tile_rule.hpp"

namespace gaxel {
namespace {

constexpr int kMaxOrder = 16;             // of a cell; beyond, two halves are cheaper
constexpr int kMaxTileNodes = 16;         // a side
constexpr int kTileNodesPerPixel = 8;     // with more, the pixels are cheaper one by one
constexpr int kPixelsOfNoPolynomial = 4;  // tiles as small as this are not tried
constexpr int kSharingPixels = 16;        // at most so many pixels share the orders of their cells,
constexpr int kSharedEvaluations = 64;    // where those are no more than this
constexpr int kMaxLevel = 30;
constexpr double kLogNothing = -708.0;  // ln of light that doubles cannot hold to full precision
constexpr int kCuspEvaluations = 1000;  // what the closed form of a pixel costs, in evaluations of the law

static_assert(kMaxTileNodes + kTileCheckOrders <= kMaxTileOrder);

struct Orders {
  int x;
  int y;

  bool feasible() const { return x <= kMaxOrder && y <= kMaxOrder; }
};

struct Tile {
  int row;
  int col;
  int side_x;
  int side_y;

  bool is_pixel() const { return side_x == 1 && side_y == 1; }
};

// Bounds of the error of a cell with its rule, and with the rule it is checked with.
struct Priors {
  float rule;
  float check;
};

struct PlannedCell {
  double x;
  double y;
  int level_x;
  int level_y;
  Orders orders;
  Priors priors;
};

// The next float above; the largest one for bounds that are beyond it and say nothing anyway.
float rounded_up(double bound) {
  constexpr float kLargest = std::numeric_limits<float>::max();
  if (!(bound < double{kLargest})) return kLargest;
  return std::nextafter(static_cast<float>(bound), kLargest);
}

// Few different orders make few, long buckets.
int rounded(int order) {
  return order > 6 && order < kMaxOrder ? order + order % 2 : order;
}

class Planner {
 public:
  Planner(const RadialLaw& law, const EllipseFrame& frame, const Grid& grid, const Band& band,
          const PixelTolerance& tolerance, bool with_priors)
      : law_(law), frame_(frame), tolerance_(tolerance) {
    plan_.grid = grid;
    plan_.band = band;
    plan_.tolerance = tolerance;
    plan_.with_priors = with_priors;
    pixel_area_ = grid.step * grid.step * frame.area_factor();
  }

  void add_tile(const Tile& tile) {
    if (tile.row >= plan_.band.first_row + plan_.band.n_rows || tile.col >= plan_.grid.shape.nx) return;
    if (!tile.is_pixel() && tile.side_x * tile.side_y <= kPixelsOfNoPolynomial) {
      if (!share_orders(tile)) split(tile, tile.side_x > 1, tile.side_y > 1);
      return;
    }
    const double step = plan_.grid.step;
    const double x = x_of(tile.col) + 0.5 * step * (tile.side_x - 1);
    const double y = y_of(tile.row) + 0.5 * step * (tile.side_y - 1);
    const GroupBound bound(law_, frame_, {{x, x, y, y}, 0.5 * step * tile.side_x, 0.5 * step * tile.side_y});
    const double tolerance = tolerance_of(bound);
    if (tile.is_pixel()) {
      add_pixel(tile, bound, tolerance);
      return;
    }
    const Orders orders = tile_orders(bound, tolerance);
    const bool fits_x = orders.x <= kMaxTileNodes;
    const bool fits_y = orders.y <= kMaxTileNodes;
    if (fits_x && fits_y && orders.x * orders.y <= kTileNodesPerPixel * tile.side_x * tile.side_y) {
      keep(tile, orders, bound);
    } else if (!share_orders(tile)) {
      // Only the direction that is short of nodes, unless a pixel is as narrow as it gets.
      const bool both = fits_x == fits_y || (fits_y ? tile.side_x : tile.side_y) == 1;
      split(tile, (both || !fits_x) && tile.side_x > 1, (both || !fits_y) && tile.side_y > 1);
    }
  }

  Plan finish() {
    for (auto& [key, bucket] : tile_buckets_) plan_.tiles.push_back(std::move(bucket));
    for (auto& [key, bucket] : cell_buckets_) plan_.cells.push_back(std::move(bucket));
    return std::move(plan_);
  }

 private:
  double x_of(int col) const { return plan_.grid.x0 + col * plan_.grid.step; }
  double y_of(int row) const { return plan_.grid.y0 + row * plan_.grid.step; }
  std::int32_t index_of(int row, int col) const { return row * plan_.grid.shape.nx + col; }

  double tolerance_of(const GroupBound& bound) const {
    return tolerance_.absolute + tolerance_.relative * pixel_area_ * std::exp(bound.log_min());
  }

  // Half of the error is allowed to each direction.
  static Orders cell_orders(const GroupBound& bound, double tolerance, double area) {
    const double log_tolerance = std::log(tolerance / area);
    if (bound.log_max() <= std::max(log_tolerance, kLogNothing)) return {1, 1};
    const double log_half = log_tolerance - std::numbers::ln2;
    return {rounded(bound.x().gauss_order(log_half)), rounded(bound.y().gauss_order(log_half))};
  }

  Orders tile_orders(const GroupBound& bound, double tolerance) const {
    const double log_tolerance = std::log(tolerance / pixel_area_);
    if (bound.log_max() <= std::max(log_tolerance, kLogNothing)) return {1, 1};
    const double log_half = log_tolerance - std::numbers::ln2;
    return {rounded(bound.x().chebyshev_order(log_half)),
            rounded(bound.y().chebyshev_order(log_half - log_lebesgue_))};
  }

  CellBucket& cell_bucket(const Orders& orders, int level_x, int level_y) {
    CellBucket& found = cell_buckets_[{level_x, level_y, orders.x, orders.y}];
    found.order_x = orders.x;
    found.order_y = orders.y;
    found.level_x = level_x;
    found.level_y = level_y;
    return found;
  }

  void keep(const Tile& tile, const Orders& orders, const GroupBound& bound) {
    TileBucket& to = tile_buckets_[{tile.side_x, tile.side_y, orders.x, orders.y}];
    to.side_x = tile.side_x;
    to.side_y = tile.side_y;
    to.order_x = orders.x;
    to.order_y = orders.y;
    to.row.push_back(tile.row);
    to.col.push_back(tile.col);
    if (plan_.with_priors) add_priors(tile_priors(orders, bound), to);
  }

  Priors tile_priors(const Orders& orders, const GroupBound& bound) const {
    double rule = bound.interpolation_error(orders.x, orders.y);
    // A constant errs by no more than the largest value.
    if (orders.x == 1 && orders.y == 1) rule = std::min(rule, std::exp(bound.log_max()));
    const double check = bound.interpolation_error(orders.x + kTileCheckOrders, orders.y + kTileCheckOrders);
    return {rounded_up(pixel_area_ * rule), rounded_up(pixel_area_ * check)};
  }

  template <class Bucket>
  static void add_priors(const Priors& priors, Bucket& to) {
    to.prior.push_back(priors.rule);
    to.check_prior.push_back(priors.check);
  }

  // The pixels of a small tile that is no polynomial may still need few nodes each: one bound for all of
  // them.
  bool share_orders(const Tile& tile) {
    if (tile.side_x * tile.side_y > kSharingPixels) return false;
    const double half = 0.5 * plan_.grid.step;
    const GroupBound bound(
        law_, frame_,
        {{x_of(tile.col), x_of(tile.col + tile.side_x - 1), y_of(tile.row), y_of(tile.row + tile.side_y - 1)},
         half,
         half});
    const Orders orders = cell_orders(bound, tolerance_of(bound), pixel_area_);
    if (!orders.feasible() || orders.x * orders.y > kSharedEvaluations) return false;
    const Priors priors = planned(0.0, 0.0, 0, 0, orders, bound, pixel_area_).priors;
    CellBucket& to = cell_bucket(orders, 0, 0);
    const int last_row = std::min(tile.row + tile.side_y, plan_.band.first_row + plan_.band.n_rows);
    const int last_col = std::min(tile.col + tile.side_x, plan_.grid.shape.nx);
    for (int row = tile.row; row < last_row; ++row) {
      for (int col = tile.col; col < last_col; ++col) {
        append(x_of(col), y_of(row), index_of(row, col), priors, to);
      }
    }
    return true;
  }

  void split(const Tile& tile, bool split_x, bool split_y) {
    const int side_x = split_x ? tile.side_x / 2 : tile.side_x;
    const int side_y = split_y ? tile.side_y / 2 : tile.side_y;
    for (int row = tile.row; row < tile.row + tile.side_y; row += side_y) {
      for (int col = tile.col; col < tile.col + tile.side_x; col += side_x) {
        add_tile({row, col, side_x, side_y});
      }
    }
  }

  void add_pixel(const Tile& tile, const GroupBound& bound, double tolerance) {
    const Orders orders = cell_orders(bound, tolerance, pixel_area_);
    if (!orders.feasible()) {
      add_refined_pixel(tile, bound, tolerance);
      return;
    }
    add_cell(planned(x_of(tile.col), y_of(tile.row), 0, 0, orders, bound, pixel_area_),
             index_of(tile.row, tile.col));
  }

  PlannedCell planned(double x, double y, int level_x, int level_y, const Orders& orders,
                      const GroupBound& bound, double area) const {
    PlannedCell cell{x, y, level_x, level_y, orders, {}};
    if (plan_.with_priors) {
      cell.priors = {
          static_cast<float>(area * bound.mean_error(orders.x, orders.y)),
          static_cast<float>(area * bound.mean_error(orders.x + kCheckOrders, orders.y + kCheckOrders))};
    }
    return cell;
  }

  void add_cell(const PlannedCell& cell, std::int32_t pixel) {
    append(cell.x, cell.y, pixel, cell.priors, cell_bucket(cell.orders, cell.level_x, cell.level_y));
  }

  void append(double x, double y, std::int32_t pixel, const Priors& priors, CellBucket& to) const {
    to.x.push_back(x);
    to.y.push_back(y);
    to.pixel.push_back(pixel);
    if (plan_.with_priors) add_priors(priors, to);
  }

  void add_refined_pixel(const Tile& tile, const GroupBound& bound, double tolerance) {
    const bool cusp_is_exact_enough = tolerance >= kCuspError;
    const std::int32_t pixel = index_of(tile.row, tile.col);
    cells_.clear();
    budget_ = cusp_is_exact_enough ? kCuspEvaluations : 16 * kCuspEvaluations;
    const Orders orders = cell_orders(bound, tolerance, pixel_area_);
    if (bound.holds_center() || !refine_parts(x_of(tile.col), y_of(tile.row), 0, 0, orders, tolerance)) {
      plan_.cusp_pixels.push_back(pixel);
      plan_.limit_hit |= !cusp_is_exact_enough;
      return;
    }
    for (const PlannedCell& cell : cells_) add_cell(cell, pixel);
  }

  // Collects the cells of a pixel in cells_; false when they would cost more than the budget.
  bool refine(double x, double y, int level_x, int level_y, double tolerance) {
    const double hx = std::ldexp(0.5 * plan_.grid.step, -level_x);
    const double hy = std::ldexp(0.5 * plan_.grid.step, -level_y);
    const double area = std::ldexp(pixel_area_, -level_x - level_y);
    const GroupBound bound(law_, frame_, {{x, x, y, y}, hx, hy});
    const Orders orders = cell_orders(bound, tolerance, area);
    if (orders.feasible()) {
      cells_.push_back(planned(x, y, level_x, level_y, orders, bound, area));
      budget_ -= orders.x * orders.y;
      return budget_ >= 0;
    }
    budget_ -= kCuspEvaluations / 100;  // looking costs, too
    if (budget_ < 0 || bound.holds_center() || level_x >= kMaxLevel || level_y >= kMaxLevel) {
      return false;
    }
    return refine_parts(x, y, level_x, level_y, orders, tolerance);
  }

  // Refines the halves or quarters of a cell whose orders are too many in one or both directions.
  bool refine_parts(double x, double y, int level_x, int level_y, const Orders& orders, double tolerance) {
    const double hx = std::ldexp(0.5 * plan_.grid.step, -level_x);
    const double hy = std::ldexp(0.5 * plan_.grid.step, -level_y);
    const bool split_x = orders.x > kMaxOrder;
    const bool split_y = orders.y > kMaxOrder;
    const double share = tolerance * (split_x && split_y ? 0.25 : 0.5);
    for (const double sy : {-0.5, 0.5}) {
      for (const double sx : {-0.5, 0.5}) {
        if ((!split_x && sx > 0) || (!split_y && sy > 0)) {
          continue;
        }
        if (!refine(split_x ? x + sx * hx : x, split_y ? y + sy * hy : y, level_x + (split_x ? 1 : 0),
                    level_y + (split_y ? 1 : 0), share)) {
          return false;
        }
      }
    }
    return true;
  }

  const RadialLaw& law_;
  EllipseFrame frame_;
  PixelTolerance tolerance_;
  double pixel_area_;  // in the (u, v) plane
  double log_lebesgue_ = std::log(lebesgue_bound(kMaxTileNodes));
  Plan plan_;
  std::map<std::tuple<int, int, int, int>, TileBucket> tile_buckets_;
  std::map<std::tuple<int, int, int, int>, CellBucket> cell_buckets_;
  std::vector<PlannedCell> cells_;
  int budget_ = 0;
};

}  // namespace

Plan prepare(const RadialLaw& law, const EllipseFrame& frame, const Grid& grid, const Band& band,
             const PixelTolerance& tolerance, bool with_priors) {
  Planner planner(law, frame, grid, band, tolerance, with_priors);
  for (int row = band.first_row; row < band.first_row + band.n_rows; row += kMaxTileSide) {
    for (int col = 0; col < grid.shape.nx; col += kMaxTileSide) {
      planner.add_tile({row, col, kMaxTileSide, kMaxTileSide});
    }
  }
  return planner.finish();
}

}  // namespace gaxel
