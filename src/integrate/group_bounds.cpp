#include "integrate/group_bounds.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "integrate/tile_rule.hpp"

namespace gaxel {
namespace {

constexpr double kLogGauss = 0.7576857016975164;          // ln(32/15)
constexpr double kLogInterpolation = 1.3862943611198906;  // ln 4
constexpr double kSinglePrecision = 2e-3;                 // more than the logarithms lose in it

int whole_order(float nodes) {
  constexpr float kMost = GroupBounds::kNoOrder;
  return nodes < kMost ? std::max(1, static_cast<int>(std::ceil(nodes))) : GroupBounds::kNoOrder;
}

}  // namespace

GroupBounds::GroupBounds(const RadialLaw& law, const EllipseFrame& frame)
    : law_(law),
      frame_(frame),
      law_edge_(law.edge()),
      log_amplification_(std::log(lebesgue_bound(kMaxTileNodes))) {
  edge_.fill(std::numeric_limits<float>::infinity());
  // Vectors reach beyond the last group.
  boxes_.hx.fill(1.0);
  boxes_.hy.fill(1.0);
}

void GroupBounds::add(const CellGroup& group) {
  boxes_.x[size_] = group.x;
  boxes_.y[size_] = group.y;
  boxes_.span_x[size_] = group.span_x;
  boxes_.span_y[size_] = group.span_y;
  boxes_.hx[size_] = group.hx;
  boxes_.hy[size_] = group.hy;
  ++size_;
}

void GroupBounds::evaluate() {
  group_radii(frame_, boxes_, size_, radii_);
  GroupLane at_min;
  GroupLane at_max;
  law_.log_values(radii_.hull_min.data(), size_, at_min.data());
  law_.log_values(radii_.hull_max.data(), size_, at_max.data());
  law_.log_extremes({size_, radii_.hull_min.data(), radii_.hull_max.data(), at_min.data(), at_max.data()},
                    log_min_.data(), log_max_.data());
  if (std::isfinite(law_edge_)) find_edges();
  bernstein_ellipses(radii_.x, radii_.hull_max, edge_, size_, x_);
  bernstein_ellipses(radii_.y, radii_.hull_max, edge_, size_, y_);
  for (GroupEllipses* ellipses : {&x_, &y_}) {
    law_.log_bounds({ellipses->size(), ellipses->radius.data(), ellipses->real.data(),
                     ellipses->spread.data(), ellipses->largest.data()},
                    ellipses->log_bound.data());
  }
}

void GroupBounds::find_edges() {
  constexpr double kNear = 1e-9;  // nodes are off by their rounding
  for (std::size_t i = 0; i < size_; ++i) {
    const bool reaches = radii_.hull_max[i] > law_edge_ * (1.0 - kNear);
    const bool starts_inside = radii_.hull_min[i] < law_edge_ * (1.0 + kNear);
    edge_[i] = !reaches        ? static_cast<float>(std::sqrt(law_edge_))
               : starts_inside ? 0.0F
                               : std::numeric_limits<float>::infinity();
  }
}

void GroupBounds::want_quadrature(std::size_t i, double log_error) {
  quadrature_[i] = true;
  wanted_x_[i] = static_cast<float>(log_error - std::numbers::ln2 - kLogGauss - kSinglePrecision);
  wanted_y_[i] = wanted_x_[i];
}

void GroupBounds::want_interpolation(std::size_t i, double log_error) {
  quadrature_[i] = false;
  const double log_half = log_error - std::numbers::ln2 - kLogInterpolation - kSinglePrecision;
  wanted_x_[i] = static_cast<float>(log_half);
  wanted_y_[i] = static_cast<float>(log_half - log_amplification_);
}

void GroupBounds::find_orders() {
  least_nodes(x_, wanted_x_.data(), size_, found_x_.data());
  least_nodes(y_, wanted_y_.data(), size_, found_y_.data());
  for (std::size_t i = 0; i < size_; ++i) {
    const float share = quadrature_[i] ? 0.5F : 1.0F;
    order_x_[i] = whole_order(share * found_x_[i]);
    order_y_[i] = whole_order(share * found_y_[i]);
  }
}

void GroupBounds::set_quadrature(std::size_t i, const Orders& orders) {
  quadrature_[i] = true;
  order_x_[i] = orders.x;
  order_y_[i] = orders.y;
}

void GroupBounds::set_interpolation(std::size_t i, const Orders& orders) {
  quadrature_[i] = false;
  order_x_[i] = orders.x;
  order_y_[i] = orders.y;
}

void GroupBounds::find_errors() {
  for (std::size_t i = 0; i < size_; ++i) {
    const float nodes_per_order = quadrature_[i] ? 2.0F : 1.0F;
    wanted_x_[i] = nodes_per_order * static_cast<float>(order_x_[i]);
    wanted_y_[i] = nodes_per_order * static_cast<float>(order_y_[i]);
  }
  log_errors(x_, wanted_x_.data(), size_, found_x_.data());
  log_errors(y_, wanted_y_.data(), size_, found_y_.data());
  for (std::size_t i = 0; i < size_; ++i) {
    const double log_constant = (quadrature_[i] ? kLogGauss : kLogInterpolation) + kSinglePrecision;
    const double error_x = std::exp(log_constant + double{found_x_[i]});
    const double error_y = std::exp(log_constant + double{found_y_[i]});
    const double largest = std::exp(log_max_[i]);
    if (quadrature_[i]) {
      // A mean of values of one sign errs by no more than the largest.
      error_[i] = std::min(largest, error_x + error_y);
    } else {
      // f - I_x I_y f = (f - I_x f) + I_x (f - I_y f).
      error_[i] = std::min(largest * interpolation_amplification(order_x_[i], order_y_[i]),
                           error_x + lebesgue_bound(order_x_[i]) * error_y);
    }
  }
}

}  // namespace gaxel
