#include "fit/fit_values.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "fit/covariance.hpp"
#include "fit/error_transfer.hpp"
#include "fit/parameter_flags.hpp"

namespace gaxel {
namespace {

constexpr double kNotKnown = std::numeric_limits<double>::quiet_NaN();

/// Angles repeat after half a turn: the one nearest to 0, or the first inside the user's bounds.
double wrapped(double theta, const Parameter& parameter) {
  const double pi = std::numbers::pi;
  if (std::isfinite(parameter.min)) return theta + pi * std::ceil((parameter.min - theta) / pi);
  if (std::isfinite(parameter.max)) return theta - pi * std::ceil((theta - parameter.max) / pi);
  return theta - pi * std::ceil(theta / pi - 0.5);
}

bool is_angle(const FreeParameter& free) {
  return free.role == Role::kTheta && !std::isfinite(free.min) && !free.in_series;
}

/// An angle whose error is that of any direction at all has none.
void forget_directions(const std::vector<FreeParameter>& parameters, Covariance& covariance) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const auto k = static_cast<Eigen::Index>(i);
    const double error = std::sqrt(covariance.matrix(k, k));
    if (!is_angle(parameters[i]) || !(error > std::numbers::pi / std::sqrt(12.0))) continue;
    covariance.matrix.row(k).setConstant(kNotKnown);
    covariance.matrix.col(k).setConstant(kNotKnown);
    covariance.degenerate[i] = 1;
  }
}

/// Where a node's coefficient stands in its parameter, for the nodes in order.
std::vector<std::size_t> places_of_coefficients(const Scene& scene,
                                                const std::vector<FreeParameter>& parameters) {
  std::vector<std::size_t> places;
  for (const FreeParameter& free : parameters) {
    const Parameter& owner = scene.components[static_cast<std::size_t>(free.component)]
                                 .parameters[static_cast<std::size_t>(free.index)];
    std::size_t place = 0;
    for (int before = free.node; owner.basis != Basis::kConstant; ++place) {
      if (owner.free_coefficients[place] != 0 && before-- == 0) break;
    }
    places.push_back(place);
  }
  return places;
}

void wrap_angles(const std::vector<FreeParameter>& parameters, Scene& scene) {
  for (const FreeParameter& free : parameters) {
    if (free.role != Role::kTheta || std::isfinite(free.min)) continue;
    Parameter& owner = scene.components[static_cast<std::size_t>(free.component)]
                           .parameters[static_cast<std::size_t>(free.index)];
    if (owner.basis == Basis::kConstant) {
      owner.value = wrapped(owner.value, owner);
    } else if (owner.basis == Basis::kBands) {
      for (double& value : owner.coefficients) value = wrapped(value, owner);
    } else if (owner.basis == Basis::kChebyshev) {
      owner.coefficients[0] = wrapped(owner.coefficients[0], owner);
    }
  }
}

}  // namespace

Eigen::MatrixXd write_values(const ParameterMap& map, const ScenePoint& best, const Information& information,
                             const Eigen::VectorXd& start, FitResult& result) {
  const std::vector<FreeParameter>& parameters = map.parameters();
  result.scene = map.scene();
  wrap_angles(parameters, result.scene);
  for (const SceneComponent& component : result.scene.components) {
    result.errors.emplace_back(component.parameters.size(), kNotKnown);
    result.flags.emplace_back(component.parameters.size(), ParameterFlag::kNone);
  }
  Covariance nodes = covariance(information.jacobian, best.at_bound);
  Eigen::MatrixXd bread = nodes.matrix;
  if (information.score.size() > 0) nodes.matrix = sandwich(bread, information.score);
  forget_directions(parameters, nodes);
  bread = nodes.matrix.array().isNaN().select(nodes.matrix, bread);
  const Eigen::MatrixXd followed = with_limits_as_ties(map, best.at_bound, nodes.matrix);
  bread = with_limits_as_ties(map, best.at_bound, bread);
  for (int band = 0; band < map.n_bands(); ++band)
    result.bands[static_cast<std::size_t>(band)].errors = errors_in_band(map, band, followed);

  const Eigen::MatrixXd matrix = coefficient_covariance(map, followed);
  const Shape shape = result.bands.front().model.shape();
  const std::vector<ParameterFlag> flags =
      parameter_flags(parameters, best, start, nodes, std::max(shape.ny, shape.nx));
  const std::vector<std::size_t> places = places_of_coefficients(result.scene, parameters);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const FreeParameter& free = parameters[i];
    const auto c = static_cast<std::size_t>(free.component);
    const auto p = static_cast<std::size_t>(free.index);
    const Parameter& owner = result.scene.components[c].parameters[p];
    const bool constant = owner.basis == Basis::kConstant;
    const auto k = static_cast<Eigen::Index>(i);
    FreeValue& own = result.free_values.emplace_back();
    own.component = c;
    own.parameter = p;
    own.coefficient = places[i];
    own.value = constant ? owner.value : owner.coefficients[places[i]];
    own.error = std::sqrt(matrix(k, k));
    own.flag = flags[i];
    if (constant) result.errors[c][p] = own.error;
    result.flags[c][p] = std::max(result.flags[c][p], own.flag);
  }
  for (std::size_t c = 0; c < result.scene.components.size(); ++c) {
    for (std::size_t p = 0; p < result.errors[c].size(); ++p) {
      const Parameter& owner = result.scene.components[c].parameters[p];
      if (owner.tie) result.errors[c][p] = result.bands.front().errors[c][p];
    }
  }
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    for (Eigen::Index j = 0; j < matrix.cols(); ++j) result.covariance.push_back(matrix(i, j));
  }
  return bread;
}

FitResult in_band(const FitResult& result, std::size_t band) {
  FitResult alone{result, {result.bands.at(band)}};
  if (result.bands.size() == 1) return alone;
  const BandFit& own = alone.bands.front();
  alone.errors = own.errors;
  if (alone.robust) {
    alone.robust->sandwich_errors = {result.robust->sandwich_errors[band]};
    alone.robust->correlated_errors = {result.robust->correlated_errors[band]};
    alone.robust->noise = {result.robust->noise[band]};
  }
  for (std::size_t c = 0; c < own.components.size(); ++c) {
    for (std::size_t p = 0; p < own.components[c].values.size(); ++p) {
      Parameter& parameter = alone.scene.components[c].parameters[p];
      parameter.value = own.components[c].values[p];
      const bool angle = own.components[c].kind->parameters[p].role == Role::kTheta;
      if (angle && !std::isfinite(parameter.min) && !std::isfinite(parameter.max))
        parameter.value = wrapped(parameter.value, parameter);
      parameter.basis = Basis::kConstant;
    }
  }
  return alone;
}

WavelengthValue value_at(const FitResult& result, std::size_t component, std::size_t parameter,
                         double wavelength) {
  const Parameter& owner = result.scene.components.at(component).parameters.at(parameter);
  if (owner.basis == Basis::kConstant && !owner.tie)
    return {owner.value, result.errors[component][parameter]};
  if (!is_series(owner.basis)) {
    for (int band = 0; band < result.wavelengths.size(); ++band) {
      if (result.wavelengths[band] != wavelength) continue;
      const BandFit& own = result.bands[static_cast<std::size_t>(band)];
      return {own.components[component].values[parameter], own.errors[component][parameter]};
    }
    return {kNotKnown, kNotKnown};
  }
  const std::vector<double> functions = Wavelengths::functions(
      owner.basis, static_cast<int>(owner.coefficients.size()), result.wavelengths.scaled(wavelength));
  WavelengthValue found;
  for (std::size_t i = 0; i < functions.size(); ++i) found.value += functions[i] * owner.coefficients[i];
  const std::size_t n = result.free_values.size();
  double variance = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const FreeValue& a = result.free_values[i];
      const FreeValue& b = result.free_values[j];
      const bool both = a.component == component && a.parameter == parameter && b.component == component &&
                        b.parameter == parameter;
      if (both)
        variance += functions[a.coefficient] * functions[b.coefficient] * result.covariance[i * n + j];
    }
  }
  found.error = variance > 0.0 ? std::sqrt(variance) : kNotKnown;
  return found;
}

}  // namespace gaxel
