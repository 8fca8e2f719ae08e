#include "fit/multi_start.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace gaxel {
namespace {

constexpr double kFactor = 3.0;       // of sizes and shape parameters, either way
constexpr double kShareOfSize = 0.5;  // of places
constexpr double kPixels = 2.0;       // of places of what has no size
constexpr double kThinnest = 0.2;
constexpr double kSmallShape = 0.3;  // of shape parameters that can be negative

/// In [-1, 1). The standard library's distributions differ between its makers.
double draw(std::mt19937_64& generator) {
  return std::ldexp(static_cast<double>(generator() >> 11U), -52) - 1.0;
}

/// A value at a draw from -1 to 1.
double moved(const FreeParameter& free, const Component& owner, double value, double at) {
  const ParameterSpec& spec = owner.kind->parameters[static_cast<std::size_t>(free.index)];
  switch (free.role) {
    case Role::kX:
    case Role::kY:
      return value +
             at * (owner.kind->index_of(Role::kRe) < 0 ? kPixels : kShareOfSize * owner.value(Role::kRe));
    case Role::kQ:
      return kThinnest + 0.5 * (1.0 + at) * (1.0 - kThinnest);
    case Role::kTheta:
      return value + 0.5 * std::numbers::pi * at;
    default:
      break;
  }
  if (spec.unit == "rad" && free.role != Role::kShape1) return value + std::numbers::pi * at;
  return free.logarithm ? value * std::pow(kFactor, at) : value + kSmallShape * at;
}

}  // namespace

Eigen::VectorXd scattered(const ParameterMap& map, std::mt19937_64& generator) {
  Eigen::VectorXd values = map.values();
  double at = 0.0;
  for (std::size_t i = 0; i < map.parameters().size(); ++i) {
    const FreeParameter& free = map.parameters()[i];
    // The values of a parameter that depends on the band move together.
    if (free.node == 0) at = draw(generator);
    if (free.is_linear || is_norm(free.role) || !free.has_scale) continue;
    const Component& owner = map.components(std::max(free.band, 0))[static_cast<std::size_t>(free.component)];
    double& value = values[static_cast<Eigen::Index>(i)];
    value = std::clamp(moved(free, owner, value, at), free.min, free.max);
  }
  return values;
}

StartCount search_from_all(const ParameterMap& map, const FitOptions& options, TwoStageFit& search,
                           SearchControl& control) {
  std::vector<double> found;
  if (const auto chi2 = search.run(map, 1, control)) found.push_back(*chi2);
  std::mt19937_64 generator(options.seed);
  for (int start = 2; start <= options.starts && !found.empty(); ++start) {
    if (control.reason() == StopReason::kCancelled || control.is_out_of_time()) break;
    ParameterMap from = map;
    from.move_to(scattered(map, generator));
    found.push_back(search.run(from, start, control).value_or(std::numeric_limits<double>::infinity()));
  }
  if (found.empty()) return {};
  const double least = std::ranges::min(found);
  const auto agreed =
      std::ranges::count_if(found, [least](double chi2) { return chi2 - least <= kSameChi2; });
  return {static_cast<int>(found.size()), static_cast<int>(agreed)};
}

}  // namespace gaxel
