#include "integrate/surface_pixel.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gaxel {
namespace {

constexpr std::size_t kMaxParts = 6000;  // of a pixel
constexpr int kMaxLevel = 44;            // of a cell: beyond, doubles do not tell its nodes apart
constexpr double kInfinite = std::numeric_limits<double>::infinity();

// Halves a part in a direction.
PixelCell half_of(const PixelCell& cell, int direction, int which) {
  PixelCell half = cell;
  double& middle = direction == 0 ? half.place.x : half.place.y;
  double& width = direction == 0 ? half.place.half_x : half.place.half_y;
  width *= 0.5;
  middle += which == 0 ? -width : width;
  ++(direction == 0 ? half.level_x : half.level_y);
  return half;
}

Wedge half_of(const Wedge& wedge, int direction, int which) {
  Wedge half = wedge;
  double(&range)[2] = direction == 0 ? half.t : half.across;
  range[1 - which] = 0.5 * (wedge.t[0] + wedge.t[1]);
  if (direction == 1) range[1 - which] = 0.5 * (wedge.across[0] + wedge.across[1]);
  return half;
}

bool can_be_cut(const PixelCell& cell) {
  return cell.level_x < kMaxLevel && cell.level_y < kMaxLevel;
}

bool can_be_cut(const Wedge& wedge) {
  constexpr double kThinnest = 1e-14;
  return wedge.t[1] - wedge.t[0] > kThinnest && wedge.across[1] - wedge.across[0] > kThinnest;
}

// Cuts parts of a pixel, cells or wedges.
template <class Part>
class Cutter {
 public:
  explicit Cutter(std::size_t most) : most_(most) {}

  template <class Estimate>
  bool cut(std::vector<Part> whole, const PixelTolerance& tolerance, const Estimate& estimate) {
    for (const Part& part : whole) add(part, estimate);
    while (true) {
      // Sums are made anew: differences of errors that differ much would leave rounding.
      double flux = 0.0;
      double error = 0.0;
      std::size_t worst = 0;
      for (std::size_t i = 0; i < parts_.size(); ++i) {
        flux += parts_[i].integral.best();
        error += parts_[i].error();
        if (parts_[i].error() > parts_[worst].error()) worst = i;
      }
      allowed_ = tolerance.absolute + tolerance.relative * std::abs(flux);
      if (error <= allowed_) return true;
      const bool is_spent = parts_.size() >= kMaxParts || n_tried_ >= most_;
      if (is_spent || !can_be_cut(parts_[worst].part)) return false;
      const double limit =
          std::max(0.25 * parts_[worst].error(), 0.5 * allowed_ / static_cast<double>(parts_.size()));
      cut_those_above(limit, estimate);
    }
  }

  std::size_t n_tried() const { return n_tried_; }

  // Parts with the cheapest rules that keep the tolerance.
  std::vector<Part> finish() {
    std::vector<Part> result;
    double error = 0.0;
    for (const Piece& piece : parts_) error += piece.error();
    double room = std::max(0.0, allowed_ - error) / static_cast<double>(parts_.size());
    for (Piece& piece : parts_) {
      for (std::size_t o = 0; o < kSurfaceOrders.size(); ++o) {
        piece.part.order = kSurfaceOrders[o];
        if (piece.integral.error[o] <= room) break;
      }
      result.push_back(piece.part);
    }
    return result;
  }

 private:
  struct Piece {
    Part part;
    SurfaceEstimator::Integral integral;
    std::array<double, 2> needed;

    bool is_unseen() const { return std::max(needed[0], needed[1]) > kSurfaceOrders.back(); }
    double error() const { return is_unseen() ? kInfinite : integral.error.back(); }
  };

  template <class Estimate>
  void add(const Part& part, const Estimate& estimate) {
    ++n_tried_;
    Piece piece{part, {}, {}};
    estimate(part, piece.integral, piece.needed);
    if (!std::isfinite(piece.integral.error.back())) piece.integral.error.fill(kInfinite);
    parts_.push_back(piece);
  }

  template <class Estimate>
  void cut_those_above(double limit, const Estimate& estimate) {
    const std::size_t n = parts_.size();
    std::vector<Piece> old;
    old.swap(parts_);
    for (std::size_t i = 0; i < n; ++i) {
      if (!(old[i].error() >= limit) || !can_be_cut(old[i].part)) {
        parts_.push_back(old[i]);
        continue;
      }
      const auto [a, b] = directions(old[i]);
      for (const int first : {0, 1}) {
        if (!a && first == 1) continue;
        const Part part = a ? half_of(old[i].part, 0, first) : old[i].part;
        for (const int second : {0, 1}) {
          if (!b && second == 1) continue;
          add(b ? half_of(part, 1, second) : part, estimate);
        }
      }
    }
  }

  // Which directions are short of nodes.
  static std::pair<bool, bool> directions(const Piece& piece) {
    constexpr double kMuch = 4.0;
    const auto& by = piece.is_unseen() ? piece.needed : piece.integral.tails;
    if (by[0] > kMuch * by[1]) return {true, false};
    if (by[1] > kMuch * by[0]) return {false, true};
    return {true, true};
  }

  std::size_t most_;
  std::size_t n_tried_ = 0;
  std::vector<Piece> parts_;
  double allowed_ = 0.0;
};

}  // namespace

PixelParts cut_pixel(SurfaceEstimator& estimator, const Grid& grid, std::int32_t pixel,
                     const PixelTolerance& tolerance, std::size_t most) {
  const Box box = pixel_box(grid, pixel);
  const double half = 0.5 * grid.step;
  const PixelCell whole{{0.5 * (box.x_min + box.x_max), 0.5 * (box.y_min + box.y_max), half, half}, 0, 0, 0};
  Cutter<PixelCell> cutter(most);
  PixelParts parts;
  parts.complete = cutter.cut(
      {whole}, tolerance,
      [&](const PixelCell& cell, SurfaceEstimator::Integral& integral, std::array<double, 2>& needed) {
        integral = estimator.cell(cell.place);
        needed = estimator.nodes_needed(cell.place);
      });
  parts.cells = cutter.finish();
  parts.n_tried = cutter.n_tried();
  return parts;
}

PixelParts cut_centre_pixel(SurfaceEstimator& estimator, const Surface& surface, const Grid& grid,
                            std::int32_t pixel, const PixelTolerance& tolerance) {
  std::array<WedgeSide, 4> sides;
  std::vector<Wedge> whole;
  for (int side = 0; side < 4; ++side) {
    sides[static_cast<std::size_t>(side)] = wedge_side(surface, pixel_box(grid, pixel), side);
    whole.push_back({pixel, side, {0.0, 1.0}, {0.0, 1.0}, 0});
  }
  Cutter<Wedge> cutter(std::numeric_limits<std::size_t>::max());
  PixelParts parts;
  parts.complete = cutter.cut(
      whole, tolerance,
      [&](const Wedge& wedge, SurfaceEstimator::Integral& integral, std::array<double, 2>& needed) {
        const WedgeSide& side = sides[static_cast<std::size_t>(wedge.side)];
        integral = estimator.wedge(side, wedge);
        needed = estimator.nodes_needed(side, wedge);
      });
  parts.wedges = cutter.finish();
  return parts;
}

}  // namespace gaxel
