#include "integrate/plan.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "base/stop_scopes.hpp"
#include "integrate/by_rule.hpp"
#include "integrate/cusp.hpp"
#include "integrate/log_tolerance.hpp"
#include "integrate/tile_rule.hpp"

namespace gaxel {
namespace {

constexpr int kMaxOrder = 16;              // of a cell; beyond, two halves are cheaper
constexpr int kTileNodesPerPixel = 8;      // with more, the pixels are cheaper one by one
constexpr int kPixelsOfNoPolynomial = 16;  // tiles as small as this are not tried
constexpr int kSharingPixels = 16;         // at most so many pixels share the orders of their cells,
constexpr int kSharedEvaluations = 64;     // where those are no more than this
constexpr int kMaxLevel = 30;
constexpr int kCuspEvaluations = 1000;  // what the closed form of a pixel costs, in evaluations of the law
constexpr std::size_t kUsualCandidates = 128;  // of a level
// Tolerances beyond which the rounding of the law's values counts.
constexpr double kRoundingRelative = 1e-9;
constexpr double kRoundingAbsolute = 1e-12;

constexpr Orders kNoOrders{GroupBounds::kNoOrder, GroupBounds::kNoOrder};

static_assert(kMaxTileNodes + kTileCheckOrders <= kMaxTileOrder);

// Few different orders make few, long buckets.
int rounded(int order) {
  return order > 6 && order < kMaxOrder ? order + order % 2 : order;
}

Orders rounded(const Orders& orders) {
  return {rounded(orders.x), rounded(orders.y)};
}

// An expansion of a shared tile costs more than a few nodes.
int common(int order) {
  return order == 1 ? 1 : order <= 6 ? 6 : order <= 8 ? 8 : order <= 12 ? 12 : kMaxTileNodes;
}

Orders common(const Orders& orders) {
  return {common(orders.x), common(orders.y)};
}

// A bucket's rule as one number, and back.
std::uint32_t pack(int a, int b, const Orders& orders) {
  return static_cast<std::uint32_t>(((a * 256 + b) * 256 + orders.x) * 256 + orders.y);
}

struct Unpacked {
  int a;
  int b;
  Orders orders;
};

Unpacked unpack(std::uint32_t rule) {
  const auto part = [rule](int k) { return static_cast<int>((rule >> (8 * k)) % 256); };
  return {part(3), part(2), {part(1), part(0)}};
}

// Something that may become a leaf of the tree, or be split.
struct Candidate {
  enum class Kind : std::uint8_t {
    kTile,    // one polynomial for all pixels?
    kShared,  // one Gauss-Legendre rule for each of the pixels?
    kCell     // a rule for a pixel or a part of one
  };
  Kind kind;
  bool split_x;  // shared: where to split if it fails
  bool split_y;
  int row;  // tiles: first pixel
  int col;
  int side_x;
  int side_y;
  std::int32_t pixel = 0;     // cells
  std::int32_t refined = -1;  // cells inside a pixel: index of the pixel among the refined ones
  int level_x = 0;
  int level_y = 0;
  double x = 0.0;  // centre
  double y = 0.0;
  double log_tolerance = 0.0;  // cells inside a pixel: of the mean
};

// A pixel that is done in cells.
struct RefinedPixel {
  std::int32_t pixel;
  int budget;  // evaluations left before the closed form is cheaper
  bool cusp_is_exact_enough;
  bool given_up = false;  // to the closed form
  bool rounded_off = false;
};

struct RefinedCell {
  std::int32_t refined;
  std::uint32_t rule;
  CellBlock block;
};

class Planner {
 public:
  Planner(const RadialLaw& law, const EllipseFrame& frame, const PlanRequest& request)
      : law_(law),
        frame_(frame),
        bounds_(law, frame),
        pixel_area_(pixel_area(request.grid, frame)),
        shared_(request.shared),
        pixel_tolerance_(request.tolerance, pixel_area_),
        rounding_counts_(request.tolerance.relative < kRoundingRelative &&
                         request.tolerance.absolute < kRoundingAbsolute) {
    now_.reserve(kUsualCandidates);
    next_.reserve(kUsualCandidates);
    plan_.grid = request.grid;
    plan_.band = request.band;
    plan_.tolerance = request.tolerance;
  }

  Plan make() {
    for (int row = plan_.band.first_row; row < plan_.band.end(); row += kMaxTileSide) {
      for (int col = 0; col < plan_.grid.shape.nx; col += kMaxTileSide) {
        consider(row, col, kMaxTileSide, kMaxTileSide);
      }
    }
    // Level by level, so that many are bounded together.
    while (!next_.empty()) {
      std::swap(now_, next_);
      next_.clear();
      for (std::size_t first = 0; first < now_.size(); first += kGroupsAtOnce) {
        decide({now_.data() + first, std::min(kGroupsAtOnce, now_.size() - first)});
      }
    }
    return finish();
  }

 private:
  double x_of(int col) const { return plan_.grid.x0 + col * plan_.grid.step; }
  double y_of(int row) const { return plan_.grid.y0 + row * plan_.grid.step; }
  std::int32_t index_of(int row, int col) const { return row * plan_.grid.shape.nx + col; }

  // Puts a tile, or what is right for one of its size, among what is bounded next.
  void consider(int row, int col, int side_x, int side_y) {
    if (row >= plan_.band.end() || col >= plan_.grid.shape.nx) return;
    const int pixels = side_x * side_y;
    const double half = 0.5 * plan_.grid.step;
    const bool holds_center = std::abs(frame_.x0 - x_of(col) - half * (side_x - 1)) <= half * side_x &&
                              std::abs(frame_.y0 - y_of(row) - half * (side_y - 1)) <= half * side_y;
    const auto kind = pixels == 1                       ? Candidate::Kind::kCell
                      : pixels <= kPixelsOfNoPolynomial ? Candidate::Kind::kShared
                                                        : Candidate::Kind::kTile;
    Candidate made{kind, side_x > 1, side_y > 1, row, col, side_x, side_y};
    if (holds_center && pixels > 1) {  // hopeless
      split_tile(made);
      return;
    }
    made.pixel = index_of(row, col);
    made.x = x_of(col);
    made.y = y_of(row);
    next_.push_back(made);
  }

  CellGroup group_of(const Candidate& c) const {
    if (c.kind == Candidate::Kind::kTile) {
      return tile_group(plan_.grid, {c.row, c.col}, c.side_x, c.side_y);
    }
    const bool shared = c.kind == Candidate::Kind::kShared;
    return cell_group(plan_.grid, c.x, c.y, shared ? c.side_x : 1, shared ? c.side_y : 1, c.level_x,
                      c.level_y);
  }

  // Takes the rounding of the law's values off the tolerance; false where there is too much of it.
  bool leave_room_for_rounding(const Candidate& c, std::size_t i) {
    const double largest = std::exp(bounds_.log_max(i));
    const double s_rounding = frame_.s_rounding();
    const double relative =
        std::max(law_.rounding(largest, s_rounding), law_.rounding(std::exp(bounds_.log_min(i)), s_rounding));
    const double tolerance = std::exp(log_tolerance_[i]);
    double rounding = relative * largest;
    if (c.kind == Candidate::Kind::kTile) {
      rounding *= lebesgue_bound(kMaxTileNodes) * lebesgue_bound(kMaxTileNodes);
    } else if (relative <= 0.5 * plan_.tolerance.relative) {
      rounding = 0.5 * tolerance;  // of a sum of positive terms: relative to the sum
    }
    log_tolerance_[i] = std::log(std::max(tolerance - rounding, 0.25 * tolerance));
    return rounding <= 0.75 * tolerance;
  }

  void decide(std::span<const Candidate> candidates) {
    stop_if_wanted();
    bounds_.clear();
    for (const Candidate& c : candidates) bounds_.add(group_of(c));
    bounds_.evaluate();
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      const Candidate& c = candidates[i];
      log_tolerance_[i] = c.refined < 0 ? pixel_tolerance_.at(bounds_.log_min(i)) : c.log_tolerance;
      rounded_off_[i] = rounding_counts_ && !leave_room_for_rounding(c, i);
      if (c.kind == Candidate::Kind::kTile) {
        bounds_.want_interpolation(i, log_tolerance_[i]);
      } else {
        bounds_.want_quadrature(i, log_tolerance_[i]);
      }
    }
    bounds_.find_orders();
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      const bool nothing = is_nothing(bounds_.log_max(i), log_tolerance_[i]);
      rounded_off_[i] &= !nothing;
      const Orders orders = nothing ? Orders{1, 1} : rounded(bounds_.orders(i));
      switch (candidates[i].kind) {
        case Candidate::Kind::kTile:
          decide_tile(candidates[i], rounded_off_[i] ? kNoOrders : orders);
          break;
        case Candidate::Kind::kShared:
          decide_shared(candidates[i], rounded_off_[i] ? kNoOrders : orders);
          break;
        case Candidate::Kind::kCell:
          decide_cell(candidates[i], orders, i);
          break;
      }
    }
  }

  void decide_tile(const Candidate& tile, const Orders& orders) {
    const bool fits_x = orders.x <= kMaxTileNodes;
    const bool fits_y = orders.y <= kMaxTileNodes;
    const int pixels = tile.side_x * tile.side_y;
    if (fits_x && fits_y && orders.x * orders.y <= kTileNodesPerPixel * pixels) {
      const Orders used = shared_ && pixels >= kSharedPixels ? common(orders) : orders;
      tiles_.add(pack(tile.side_x, tile.side_y, used), {tile.row, tile.col});
      return;
    }
    // Only the direction that is short of nodes, unless a pixel is as narrow as it gets.
    const bool both = fits_x == fits_y || (fits_y ? tile.side_x : tile.side_y) == 1;
    Candidate shared = tile;
    shared.kind = Candidate::Kind::kShared;
    shared.split_x = (both || !fits_x) && tile.side_x > 1;
    shared.split_y = (both || !fits_y) && tile.side_y > 1;
    // The pixels of a small tile that is no polynomial may still need few nodes each.
    if (pixels <= kSharingPixels) {
      next_.push_back(shared);
    } else {
      split_tile(shared);
    }
  }

  void decide_shared(const Candidate& tile, const Orders& orders) {
    if (!feasible(orders) || orders.x * orders.y > kSharedEvaluations) {
      split_tile(tile);
      return;
    }
    const int n_rows = std::min(tile.side_y, plan_.band.end() - tile.row);
    const int n_cols = std::min(tile.side_x, plan_.grid.shape.nx - tile.col);
    cells_.add(pack(0, 0, orders), {tile.x, tile.y, tile.pixel, static_cast<std::int16_t>(n_cols),
                                    static_cast<std::int16_t>(n_rows)});
  }

  void split_tile(const Candidate& tile) {
    const int side_x = tile.split_x ? tile.side_x / 2 : tile.side_x;
    const int side_y = tile.split_y ? tile.side_y / 2 : tile.side_y;
    for (int row = tile.row; row < tile.row + tile.side_y; row += side_y) {
      for (int col = tile.col; col < tile.col + tile.side_x; col += side_x) {
        consider(row, col, side_x, side_y);
      }
    }
  }

  static bool feasible(const Orders& orders) { return orders.x <= kMaxOrder && orders.y <= kMaxOrder; }

  void decide_cell(const Candidate& cell, const Orders& orders, std::size_t i) {
    if (cell.refined < 0) {
      decide_pixel(cell, orders, i);
      return;
    }
    RefinedPixel& pixel = refined_[static_cast<std::size_t>(cell.refined)];
    if (pixel.given_up) return;
    if (feasible(orders)) {
      pixel.budget -= orders.x * orders.y;
      pixel.rounded_off |= rounded_off_[i];
      refined_cells_.push_back({cell.refined, pack(cell.level_x, cell.level_y, orders), block_of(cell)});
    } else {
      pixel.budget -= kCuspEvaluations / 100;  // looking costs, too
      pixel.given_up = bounds_.holds_center(i) || cell.level_x >= kMaxLevel || cell.level_y >= kMaxLevel;
    }
    pixel.given_up |= pixel.budget < 0;
    if (!pixel.given_up && !feasible(orders)) split_cell(cell, orders);
  }

  void decide_pixel(const Candidate& cell, const Orders& orders, std::size_t i) {
    if (feasible(orders)) {
      plan_.limit_hit |= rounded_off_[i];  // there is nothing better
      cells_.add(pack(0, 0, orders), block_of(cell));
      return;
    }
    const bool exact_enough = cusp_is_exact_enough(cell.pixel, std::exp(log_tolerance_[i]) * pixel_area_);
    const bool hopeless = bounds_.holds_center(i) || bounds_.crosses_edge(i);
    Candidate refined = cell;
    refined.refined = static_cast<std::int32_t>(refined_.size());
    refined.log_tolerance = log_tolerance_[i];
    refined_.push_back(
        {cell.pixel, exact_enough ? kCuspEvaluations : 16 * kCuspEvaluations, exact_enough, hopeless});
    if (!hopeless) split_cell(refined, orders);
  }

  bool cusp_is_exact_enough(std::int32_t pixel, double tolerance) const {
    if (tolerance >= cusp_error(law_, frame_)) return true;
    double rounding = 0.0;
    const Moments moments = cusp_moments(law_, frame_, pixel_box(plan_.grid, pixel), false, &rounding);
    return rounding <= plan_.tolerance.absolute + plan_.tolerance.relative * moments[kFlux];
  }

  static CellBlock block_of(const Candidate& cell) { return {cell.x, cell.y, cell.pixel, 1, 1}; }

  // Halves or quarters of a cell whose orders are too many in one or both directions. Their shares of the
  // tolerance are those of the area.
  void split_cell(const Candidate& cell, const Orders& orders) {
    const bool split_x = orders.x > kMaxOrder;
    const bool split_y = orders.y > kMaxOrder;
    const double quarter_x = split_x ? std::ldexp(0.25 * plan_.grid.step, -cell.level_x) : 0.0;
    const double quarter_y = split_y ? std::ldexp(0.25 * plan_.grid.step, -cell.level_y) : 0.0;
    Candidate part = cell;
    part.level_x += split_x ? 1 : 0;
    part.level_y += split_y ? 1 : 0;
    for (const int sy : {-1, 1}) {
      if (sy > 0 && !split_y) break;
      for (const int sx : {-1, 1}) {
        if (sx > 0 && !split_x) break;
        part.x = cell.x + sx * quarter_x;
        part.y = cell.y + sy * quarter_y;
        next_.push_back(part);
      }
    }
  }

  Plan finish() {
    for (const RefinedCell& cell : refined_cells_) {
      if (!refined_[static_cast<std::size_t>(cell.refined)].given_up) cells_.add(cell.rule, cell.block);
    }
    for (const RefinedPixel& pixel : refined_) {
      plan_.limit_hit |= pixel.given_up ? !pixel.cusp_is_exact_enough : pixel.rounded_off;
      if (pixel.given_up) plan_.cusp_pixels.push_back(pixel.pixel);
    }
    for (const auto& run : tiles_.sort(plan_.tiles)) {
      const Unpacked rule = unpack(run.rule);
      plan_.tile_buckets.push_back({rule.a, rule.b, rule.orders, run.first, run.count});
    }
    for (const auto& run : cells_.sort(plan_.blocks)) {
      const Unpacked rule = unpack(run.rule);
      CellBucket bucket{rule.a, rule.b, rule.orders, run.first, run.count, 0};
      for (std::size_t i = run.first; i < run.first + run.count; ++i)
        bucket.n_cells += plan_.blocks[i].size();
      plan_.cell_buckets.push_back(bucket);
    }
    return std::move(plan_);
  }

  const RadialLaw& law_;
  const EllipseFrame& frame_;
  GroupBounds bounds_;
  double pixel_area_;
  bool shared_;
  LogTolerance pixel_tolerance_;
  bool rounding_counts_;
  GroupLane log_tolerance_{};
  std::array<bool, kGroupsAtOnce> rounded_off_{};
  std::vector<Candidate> now_;
  std::vector<Candidate> next_;
  ByRule<Tile> tiles_;
  ByRule<CellBlock> cells_;
  std::vector<RefinedPixel> refined_;
  std::vector<RefinedCell> refined_cells_;
  Plan plan_;
};

}  // namespace

Plan prepare(const RadialLaw& law, const EllipseFrame& frame, const PlanRequest& request) {
  return Planner(law, frame, request).make();
}

}  // namespace gaxel
