#include "integrate/error_bound.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "integrate/tile_rule.hpp"

namespace gaxel {
namespace {

constexpr double kLogGauss = 0.7576857016975164;          // ln(32/15)
constexpr double kLogInterpolation = 1.3862943611198906;  // ln 4

int whole_order(double nodes) {
  constexpr double kMost = DirectionBound::kNoOrder;
  return nodes >= kMost ? DirectionBound::kNoOrder : std::max(1, static_cast<int>(std::ceil(nodes)));
}

}  // namespace

DirectionBound::DirectionBound(const RadialLaw& law, const RadialRange& range, double metric, double h) {
  const double reach = std::sqrt(range.s_min / metric) / h;  // distance to the root in half-widths
  any_ = reach * kReaches.front() > 1.0;
  if (!any_) return;
  const PerReach bounds = law.log_bounds(range);
  bernstein_ellipses(reach, log_rho_, log_amplitude_);
  for (std::size_t j = 0; j < kReaches.size(); ++j) log_amplitude_[j] += bounds[j];
}

double DirectionBound::nodes_for(double log_tolerance) const {
  double best = std::numeric_limits<double>::infinity();
  if (!any_) return best;
  for (std::size_t j = 0; j < kReaches.size(); ++j) {
    best = std::min(best, (log_amplitude_[j] - log_tolerance) / log_rho_[j]);
  }
  return best;
}

double DirectionBound::log_error(double nodes) const {
  double best = std::numeric_limits<double>::infinity();
  if (!any_) return best;
  for (std::size_t j = 0; j < kReaches.size(); ++j) {
    best = std::min(best, log_amplitude_[j] - nodes * log_rho_[j]);
  }
  return best;
}

int DirectionBound::gauss_order(double log_tolerance) const {
  return whole_order(0.5 * nodes_for(log_tolerance - kLogGauss));
}

int DirectionBound::chebyshev_order(double log_tolerance) const {
  return whole_order(nodes_for(log_tolerance - kLogInterpolation));
}

double DirectionBound::log_gauss_error(int order) const {
  return kLogGauss + log_error(2.0 * order);
}

double DirectionBound::log_chebyshev_error(int order) const {
  return kLogInterpolation + log_error(order);
}

GroupBound::GroupBound(const RadialLaw& law, const EllipseFrame& frame, const CellGroup& group) {
  const Box hull = group.hull();
  const Box& centers = group.centers;
  const std::array<Range, 3> ranges = {
      range_of_s(frame, hull), range_of_s(frame, {centers.x_min, centers.x_max, hull.y_min, hull.y_max}),
      range_of_s(frame, {hull.x_min, hull.x_max, centers.y_min, centers.y_max})};
  std::array<double, 6> s{};
  for (std::size_t k = 0; k < 3; ++k) {
    s[2 * k] = ranges[k].min;
    s[2 * k + 1] = ranges[k].max;
  }
  std::array<double, 6> log_g{};
  law.log_values(s.data(), s.size(), log_g.data());
  const auto range = [&](std::size_t k) {
    return RadialRange{s[2 * k], s[2 * k + 1], log_g[2 * k], log_g[2 * k + 1]};
  };
  s_min_ = ranges[0].min;
  log_min_ = law.log_min(range(0));
  log_max_ = law.log_max(range(0));
  x_ = DirectionBound(law, range(1), frame.a * frame.a + frame.c * frame.c, group.hx);
  y_ = DirectionBound(law, range(2), frame.b * frame.b + frame.d * frame.d, group.hy);
}

double GroupBound::mean_error(int kx, int ky) const {
  const double spread = std::exp(log_max_);  // a mean of values of one sign errs by no more than the largest
  return std::min(spread, std::exp(x_.log_gauss_error(kx)) + std::exp(y_.log_gauss_error(ky)));
}

// f - I_x I_y f = (f - I_x f) + I_x (f - I_y f).
double GroupBound::interpolation_error(int kx, int ky) const {
  return std::exp(x_.log_chebyshev_error(kx)) + lebesgue_bound(kx) * std::exp(y_.log_chebyshev_error(ky));
}

}  // namespace gaxel
