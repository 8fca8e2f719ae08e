#include "fit/limit.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gaxel {
namespace {

/// Ratios are searched in their logarithm.
constexpr double kSmallestRatio = 1e-12;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

double least(const Limit& limit) {
  return limit.is_ratio ? std::max(limit.min, kSmallestRatio) : limit.min;
}

double inside(const Limit& limit, double value, double other) {
  double apart = limit.is_ratio ? value / other : value - other;
  if (!std::isfinite(apart)) apart = limit.is_ratio ? 1.0 : 0.0;
  return std::clamp(apart, least(limit), limit.max);
}

}  // namespace

TieFunction limit_function(const Limit& limit) {
  const Tie tie{limit.is_ratio ? "other * own" : "other + own",
                {{"other", limit.component, limit.parameter}, {"own", 0, 0}}};
  return TieFunction(tie, "fit", "limit");
}

FreeParameter limited(FreeParameter free, const Limit& limit) {
  free.role = Role::kOption;  // nothing that its own role would say is true of a difference
  free.logarithm = free.has_scale = limit.is_ratio;
  free.is_linear = free.is_linear && !limit.is_ratio;
  free.min = least(limit);
  free.max = limit.max;
  free.bounded = true;
  return free;
}

ValueRange range_of_other(const Limit& limit, double value) {
  if (!limit.is_ratio) return {value - limit.max, value - limit.min};
  if (value > 0.0) return {value / limit.max, limit.min > 0.0 ? value / limit.min : kInfinity};
  // Nothing is a ratio of 0 to whatever is positive.
  if (value == 0.0 && !(limit.min > 0.0)) return {0.0, kInfinity};
  return {kInfinity, -kInfinity};
}

ValueRange range_beside(const Limit& limit, const ValueRange& other) {
  if (!limit.is_ratio) return {other.low + limit.min, other.high + limit.max};
  const double low = limit.min > 0.0 ? limit.min * std::max(other.low, 0.0) : 0.0;
  return {low, std::isinf(limit.max) || std::isinf(other.high) ? kInfinity : limit.max * other.high};
}

Parameter limited_start(const Parameter& own, const Limit& limit, const Eigen::VectorXd& values,
                        const Eigen::VectorXd& others) {
  Parameter start = own;
  start.value = inside(limit, values[0], others[0]);
  for (std::size_t b = 0; b < start.coefficients.size(); ++b) {
    const auto band = static_cast<Eigen::Index>(b);
    start.coefficients[b] = inside(limit, values[band], others[band]);
  }
  return start;
}

}  // namespace gaxel
