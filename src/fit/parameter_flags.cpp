#include "fit/parameter_flags.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace gaxel {
namespace {

bool is_unconstrained(const FreeParameter& free, double value, double error, int side) {
  if (free.has_scale && free.max - free.min < error) return true;
  if (free.role == Role::kX || free.role == Role::kY) return error > side;
  // A flux that may be negative can well be 0 within its error.
  const bool positive = free.logarithm || (is_norm(free.role) && free.min >= 0.0);
  return free.has_scale && positive && error > std::abs(value);
}

double distance(const FreeParameter& free, double from, double to) {
  return free.role == Role::kTheta ? std::remainder(to - from, std::numbers::pi) : to - from;
}

}  // namespace

std::vector<ParameterFlag> parameter_flags(const std::vector<FreeParameter>& parameters,
                                           const ScenePoint& best, const Eigen::VectorXd& start,
                                           const Covariance& covariance, int side) {
  std::vector<ParameterFlag> flags;
  std::vector<char> stays;
  bool any_moved = false;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const FreeParameter& free = parameters[i];
    const auto k = static_cast<Eigen::Index>(i);
    const double value = best.values[k];
    const double error = std::sqrt(covariance.matrix(k, k));  // NaN where it is not known
    ParameterFlag& flag = flags.emplace_back(ParameterFlag::kNone);
    if (best.at_bound[i]) {
      flag = ParameterFlag::kAtBound;
    } else if (covariance.degenerate[i]) {
      flag = ParameterFlag::kDegenerate;
    } else if (is_unconstrained(free, value, error, side)) {
      flag = ParameterFlag::kUnconstrained;
    }
    const double moved = std::abs(distance(free, start[k], value));
    stays.push_back(!free.is_linear && moved <= kStaysWithin * error ? 1 : 0);
    any_moved = any_moved || (!free.is_linear && moved > error);
  }
  for (std::size_t i = 0; i < flags.size() && any_moved; ++i) {
    if (flags[i] == ParameterFlag::kNone && stays[i] != 0) flags[i] = ParameterFlag::kDidNotMove;
  }
  return flags;
}

}  // namespace gaxel
