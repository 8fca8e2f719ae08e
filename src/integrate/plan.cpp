#include "integrate/plan.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "integrate/error_bound.hpp"

namespace gaxel {
namespace {

constexpr int kMaxOrder = 16;  // beyond, two halves are cheaper
constexpr int kMaxLevel = 30;
constexpr int kCheapEvaluations = 4;  // a block whose pixels need no more is not looked at closer
constexpr double kBlockReach =
    0.2;  // largest side of a block relative to its distance from the profile's centre
constexpr int kBlockSide = 64;
constexpr int kCuspEvaluations = 4000;  // what the closed form of a pixel costs, in evaluations of the law

struct Orders {
  int x;
  int y;

  bool feasible() const { return x <= kMaxOrder && y <= kMaxOrder; }
};

struct Block {
  int row;
  int col;
  int n_rows;
  int n_cols;
};

struct PlannedCell {
  double x;
  double y;
  int level_x;
  int level_y;
  Orders orders;
  double prior;
  double check_prior;
};

class Planner {
 public:
  Planner(const RadialLaw& law, const EllipseFrame& frame, const Grid& grid, const PixelTolerance& tolerance)
      : law_(law), frame_(frame), tolerance_(tolerance) {
    plan_.grid = grid;
    plan_.tolerance = tolerance;
    pixel_area_ = grid.step * grid.step * frame.area_factor();
  }

  void add_block(const Block& block) {
    const Grid& grid = plan_.grid;
    const double half = 0.5 * grid.step;
    const Box centers{x_of(block.col), x_of(block.col + block.n_cols - 1), y_of(block.row),
                      y_of(block.row + block.n_rows - 1)};
    const GroupBound bound(law_, frame_, {centers, half, half});
    const double tolerance = tolerance_of(bound);
    const Orders orders = orders_for(bound, tolerance, pixel_area_);
    const bool single = block.n_rows == 1 && block.n_cols == 1;
    const bool cheap = orders.feasible() && orders.x * orders.y <= kCheapEvaluations;
    if (cheap || (orders.feasible() && (single || is_far(centers, block)))) {
      add_pixels(block, orders, bound);
    } else if (single) {
      add_refined_pixel(block, bound, tolerance);
    } else {
      split(block);
    }
  }

  Plan finish() {
    for (auto& [key, bucket] : buckets_) {
      plan_.buckets.push_back(std::move(bucket));
    }
    return std::move(plan_);
  }

 private:
  double x_of(int col) const { return plan_.grid.x0 + col * plan_.grid.step; }
  double y_of(int row) const { return plan_.grid.y0 + row * plan_.grid.step; }
  std::int32_t index_of(int row, int col) const { return row * plan_.grid.shape.nx + col; }

  double tolerance_of(const GroupBound& bound) const {
    return tolerance_.absolute + tolerance_.relative * pixel_area_ * std::exp(bound.log_min());
  }

  static Orders orders_for(const GroupBound& bound, double tolerance, double area) {
    if (area * std::exp(bound.log_max()) <= tolerance) {
      return {1, 1};
    }
    const double log_half = std::log(0.5 * tolerance / area);
    return {bound.x().order_for(log_half), bound.y().order_for(log_half)};
  }

  bool is_far(const Box& centers, const Block& block) const {
    const double dx = std::max({centers.x_min - frame_.x0, frame_.x0 - centers.x_max, 0.0});
    const double dy = std::max({centers.y_min - frame_.y0, frame_.y0 - centers.y_max, 0.0});
    const double side = plan_.grid.step * std::max(block.n_rows, block.n_cols);
    return side <= kBlockReach * std::hypot(dx, dy);
  }

  CellBucket& bucket(const Orders& orders, int level_x, int level_y) {
    CellBucket& found = buckets_[{level_x, level_y, orders.x, orders.y}];
    found.order_x = orders.x;
    found.order_y = orders.y;
    found.level_x = level_x;
    found.level_y = level_y;
    return found;
  }

  void add_pixels(const Block& block, const Orders& orders, const GroupBound& bound) {
    CellBucket& to = bucket(orders, 0, 0);
    const auto prior = static_cast<float>(pixel_area_ * bound.mean_error(orders.x, orders.y));
    const auto check =
        static_cast<float>(pixel_area_ * bound.mean_error(orders.x + kCheckOrders, orders.y + kCheckOrders));
    for (int row = block.row; row < block.row + block.n_rows; ++row) {
      for (int col = block.col; col < block.col + block.n_cols; ++col) {
        to.x.push_back(x_of(col));
        to.y.push_back(y_of(row));
        to.pixel.push_back(index_of(row, col));
      }
    }
    to.prior.resize(to.pixel.size(), prior);
    to.check_prior.resize(to.pixel.size(), check);
  }

  void split(const Block& block) {
    const int rows = (block.n_rows + 1) / 2;
    const int cols = (block.n_cols + 1) / 2;
    for (const auto& [row, n_rows] : {std::pair{block.row, rows}, {block.row + rows, block.n_rows - rows}}) {
      for (const auto& [col, n_cols] :
           {std::pair{block.col, cols}, {block.col + cols, block.n_cols - cols}}) {
        if (n_rows > 0 && n_cols > 0) {
          add_block({row, col, n_rows, n_cols});
        }
      }
    }
  }

  void add_refined_pixel(const Block& block, const GroupBound& bound, double tolerance) {
    const bool cusp_is_exact_enough = tolerance >= kCuspError;
    const std::int32_t pixel = index_of(block.row, block.col);
    cells_.clear();
    budget_ = cusp_is_exact_enough ? kCuspEvaluations : 16 * kCuspEvaluations;
    if (bound.holds_center() || !refine(x_of(block.col), y_of(block.row), 0, 0, tolerance)) {
      plan_.cusp_pixels.push_back(pixel);
      plan_.limit_hit |= !cusp_is_exact_enough;
      return;
    }
    for (const PlannedCell& cell : cells_) {
      CellBucket& to = bucket(cell.orders, cell.level_x, cell.level_y);
      to.x.push_back(cell.x);
      to.y.push_back(cell.y);
      to.pixel.push_back(pixel);
      to.prior.push_back(static_cast<float>(cell.prior));
      to.check_prior.push_back(static_cast<float>(cell.check_prior));
    }
  }

  // Collects the cells of a pixel in cells_; false when they would cost more than the budget.
  bool refine(double x, double y, int level_x, int level_y, double tolerance) {
    const double hx = std::ldexp(0.5 * plan_.grid.step, -level_x);
    const double hy = std::ldexp(0.5 * plan_.grid.step, -level_y);
    const double area = std::ldexp(pixel_area_, -level_x - level_y);
    const GroupBound bound(law_, frame_, {{x, x, y, y}, hx, hy});
    const Orders orders = orders_for(bound, tolerance, area);
    if (orders.feasible()) {
      cells_.push_back({x, y, level_x, level_y, orders, area * bound.mean_error(orders.x, orders.y),
                        area * bound.mean_error(orders.x + kCheckOrders, orders.y + kCheckOrders)});
      budget_ -= orders.x * orders.y;
      return budget_ >= 0;
    }
    budget_ -= kCuspEvaluations / 100;  // looking costs, too
    if (budget_ < 0 || bound.holds_center() || level_x >= kMaxLevel || level_y >= kMaxLevel) {
      return false;
    }
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
  Plan plan_;
  std::map<std::tuple<int, int, int, int>, CellBucket> buckets_;
  std::vector<PlannedCell> cells_;
  int budget_ = 0;
};

}  // namespace

Plan prepare(const RadialLaw& law, const EllipseFrame& frame, const Grid& grid, const Band& band,
             const PixelTolerance& tolerance) {
  Planner planner(law, frame, grid, tolerance);
  for (int row = band.first_row; row < band.first_row + band.n_rows; row += kBlockSide) {
    for (int col = 0; col < grid.shape.nx; col += kBlockSide) {
      planner.add_block({row, col, std::min(kBlockSide, band.first_row + band.n_rows - row),
                         std::min(kBlockSide, grid.shape.nx - col)});
    }
  }
  return planner.finish();
}

}  // namespace gaxel
