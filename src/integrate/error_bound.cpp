#include "integrate/error_bound.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gaxel {
namespace {

constexpr double kLogHalfOf64Over15 =
    0.7576857016975164;  // ln(32/15): the error of the mean, not of the integral

}  // namespace

DirectionBound::DirectionBound(const RadialLaw& law, const Range& s, double metric, double h) {
  const double reach = std::sqrt(s.min / metric) / h;  // distance to the root in half-widths
  if (!(reach * kReaches.front() > 1.0)) {
    return;
  }
  const auto bounds = law.log_bounds(s.min, s.max);
  for (std::size_t j = 0; j < kReaches.size(); ++j) {
    // The ellipse rho lies within the disc of radius (rho + 1/rho)/2 half-widths about the cell's centre.
    const double radius = kReaches[j] * reach;
    if (radius <= 1.0) {
      break;
    }
    const double rho = radius + std::sqrt(radius * radius - 1.0);
    const double log_rho = std::log(rho);
    log_rho_[size_] = log_rho;
    log_amplitude_[size_] = kLogHalfOf64Over15 + bounds[j] - std::log1p(-1.0 / (rho * rho));
    ++size_;
  }
}

int DirectionBound::order_for(double log_tolerance) const {
  double best = kNoOrder;
  for (std::size_t j = 0; j < size_; ++j) {
    best = std::min(best, (log_amplitude_[j] - log_tolerance) / (2.0 * log_rho_[j]));
  }
  return best >= kNoOrder ? kNoOrder : std::max(1, static_cast<int>(std::ceil(best)));
}

double DirectionBound::log_error(int order) const {
  double best = std::numeric_limits<double>::infinity();
  for (std::size_t j = 0; j < size_; ++j) {
    best = std::min(best, log_amplitude_[j] - 2.0 * order * log_rho_[j]);
  }
  return best;
}

GroupBound::GroupBound(const RadialLaw& law, const EllipseFrame& frame, const CellGroup& group) {
  const Box hull = group.hull();
  const Range all = range_of_s(frame, hull);
  s_min_ = all.min;
  log_min_ = law.log_min(all.min, all.max);
  log_max_ = law.log_max(all.min, all.max);
  const Box& centers = group.centers;
  const Range across_x = range_of_s(frame, {centers.x_min, centers.x_max, hull.y_min, hull.y_max});
  const Range across_y = range_of_s(frame, {hull.x_min, hull.x_max, centers.y_min, centers.y_max});
  x_ = DirectionBound(law, across_x, frame.a * frame.a + frame.c * frame.c, group.hx);
  y_ = DirectionBound(law, across_y, frame.b * frame.b + frame.d * frame.d, group.hy);
}

double GroupBound::mean_error(int kx, int ky) const {
  const double spread = std::exp(log_max_);  // a mean of values of one sign errs by no more than the largest
  return std::min(spread, std::exp(x_.log_error(kx)) + std::exp(y_.log_error(ky)));
}

}  // namespace gaxel
