#include "fit/coordinates.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

namespace gaxel {

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

/// A rounder ellipse loses its direction to rounding: the shear is kept this large when it is turned into q
/// and theta. That changes pixels by less than this fraction, and d/dtheta over it stays accurate.
constexpr double kMinShear = 1e-6;

/// Steps of logarithms, shears and angles are shortened to less than this: sizes change by a factor e at
/// most.
constexpr double kReach = 1.0;

/// Whether they are of one ellipse: constants, or values in the same band.
bool belong_together(const FreeParameter& a, const FreeParameter& b) {
  return a.component == b.component && a.band == b.band && !a.in_series && !b.in_series;
}

}  // namespace

FreeParameter free_parameter(const Scene& scene, std::size_t component, std::size_t index) {
  const SceneComponent& owner = scene.components[component];
  const Parameter& parameter = owner.parameters[index];
  const ParameterSpec& spec = owner.kind->parameters[index];
  FreeParameter free{static_cast<int>(component),
                     static_cast<int>(index),
                     spec.role,
                     spec.logarithm,
                     std::max(spec.min, parameter.min),
                     std::min(spec.max, parameter.max),
                     parameter.min > spec.min || parameter.max < spec.max};
  const bool half_turn = spec.role == Role::kTheta && free.max - free.min >= std::numbers::pi;
  if (half_turn) {
    free.min = -kInf;
    free.max = kInf;
    free.bounded = false;
  }
  if (owner.is_magnitude(spec.role)) free.min = std::max(free.min, 0.0);
  free.is_linear = is_linear(spec.role);
  return free;
}

Coordinates::Coordinates(std::vector<FreeParameter> parameters) : parameters_(std::move(parameters)) {
  for (const FreeParameter& parameter : parameters_) {
    const bool position = parameter.role == Role::kX || parameter.role == Role::kY;
    const bool any_step = position || !parameter.has_scale;
    singles_.push_back({parameter.logarithm, any_step ? 0.0 : kReach, false});
  }
  for (int i = 0; i < size(); ++i) {
    const FreeParameter& theta = parameters_[static_cast<std::size_t>(i)];
    if (theta.role != Role::kTheta || theta.bounded) continue;
    Shear shear{-1, -1, i};
    for (int j = 0; j < size(); ++j) {
      const FreeParameter& other = parameters_[static_cast<std::size_t>(j)];
      if (!belong_together(theta, other)) continue;
      if (other.role == Role::kRe && !other.bounded) shear.re = j;
      if (other.role == Role::kQ && other.max >= 1.0) shear.q = j;
    }
    if (shear.q < 0) continue;
    for (const int member : {shear.re, shear.q, shear.theta}) {
      if (member >= 0) singles_[static_cast<std::size_t>(member)].in_shear = true;
    }
    shears_.push_back(shear);
  }
}

Coordinates::Polar Coordinates::polar(const Shear& shear, const Eigen::VectorXd& inner) const {
  const double eta1 = inner[shear.q];
  const double eta2 = inner[shear.theta];
  const double size = std::hypot(eta1, eta2);
  const double largest = -std::log(parameters_[static_cast<std::size_t>(shear.q)].min);
  const double inside = std::clamp(size, kMinShear, largest);
  return size > 0.0 ? Polar{inside, eta1 / size, eta2 / size} : Polar{inside, 1.0, 0.0};
}

Eigen::VectorXd Coordinates::inner(const Eigen::VectorXd& outer) const {
  Eigen::VectorXd result(size());
  for (int i = 0; i < size(); ++i) {
    const Single& single = singles_[static_cast<std::size_t>(i)];
    if (!single.in_shear) result[i] = single.logarithm ? std::log(outer[i]) : outer[i];
  }
  for (const Shear& shear : shears_) {
    const double log_q = std::log(outer[shear.q]);
    result[shear.q] = -log_q * std::cos(2.0 * outer[shear.theta]);
    result[shear.theta] = -log_q * std::sin(2.0 * outer[shear.theta]);
    if (shear.re >= 0) result[shear.re] = std::log(outer[shear.re]) + 0.5 * log_q;
  }
  return result;
}

Eigen::VectorXd Coordinates::outer(const Eigen::VectorXd& inner) const {
  Eigen::VectorXd result(size());
  for (int i = 0; i < size(); ++i) {
    const Single& single = singles_[static_cast<std::size_t>(i)];
    if (!single.in_shear) result[i] = single.logarithm ? std::exp(inner[i]) : inner[i];
  }
  for (const Shear& shear : shears_) {
    const Polar eta = polar(shear, inner);
    result[shear.q] = std::exp(-eta.size);
    result[shear.theta] = 0.5 * std::atan2(eta.sine, eta.cosine);
    if (shear.re >= 0) result[shear.re] = std::exp(inner[shear.re] + 0.5 * eta.size);
  }
  for (int i = 0; i < size(); ++i) {
    const FreeParameter& parameter = parameters_[static_cast<std::size_t>(i)];
    result[i] = std::clamp(result[i], parameter.min, parameter.max);
  }
  return result;
}

Eigen::VectorXd Coordinates::advance(const Eigen::VectorXd& from, const Eigen::VectorXd& step) const {
  Eigen::VectorXd bent = step;
  for (int i = 0; i < size(); ++i) {
    const double reach = singles_[static_cast<std::size_t>(i)].reach;
    if (reach > 0.0) bent[i] = reach * std::tanh(step[i] / reach);
  }
  Eigen::VectorXd result = from + bent;
  for (const Shear& shear : shears_) {
    const Polar eta = polar(shear, from);
    const double outwards = bent[shear.q];
    const double across = bent[shear.theta];
    result[shear.q] = from[shear.q] + outwards * eta.cosine - across * eta.sine;
    result[shear.theta] = from[shear.theta] + outwards * eta.sine + across * eta.cosine;
  }
  const Eigen::VectorXd inside = outer(result);
  for (int i = 0; i < size(); ++i) {
    if (side(inside, i) != 0) return inner(inside);
  }
  return result;
}

Eigen::MatrixXd Coordinates::step_jacobian(const Eigen::VectorXd& inner) const {
  const Eigen::VectorXd at = outer(inner);
  Eigen::MatrixXd result = Eigen::MatrixXd::Zero(size(), size());
  for (int i = 0; i < size(); ++i) {
    const Single& single = singles_[static_cast<std::size_t>(i)];
    if (!single.in_shear) result(i, i) = single.logarithm ? at[i] : 1.0;
  }
  for (const Shear& shear : shears_) {
    result(shear.q, shear.q) = -at[shear.q];
    result(shear.theta, shear.theta) = 0.5 / polar(shear, inner).size;
    if (shear.re < 0) continue;
    result(shear.re, shear.re) = at[shear.re];
    result(shear.re, shear.q) = 0.5 * at[shear.re];
  }
  return result;
}

void Coordinates::hold_at_bounds(const Eigen::VectorXd& inner, const Eigen::VectorXd& gradient,
                                 Eigen::MatrixXd& chain) const {
  const Eigen::VectorXd at = outer(inner);
  for (int i = 0; i < size(); ++i) {
    const bool outwards = side(at, i) * gradient[i] < 0.0;
    const bool is_shear = singles_[static_cast<std::size_t>(i)].in_shear;
    const bool is_q = parameters_[static_cast<std::size_t>(i)].role == Role::kQ;
    if (outwards && !(is_shear && is_q)) chain.row(i).setZero();
  }
  // q is thinnest on a circle in the shear, where re changes with it.
  for (const Shear& shear : shears_) {
    const bool outwards = gradient.dot(chain.col(shear.q)) < 0.0;
    if (side(at, shear.q) != 0 && outwards) chain.col(shear.q).setZero();
  }
}

int Coordinates::side(const Eigen::VectorXd& outer, int i) const {
  const FreeParameter& parameter = parameters_[static_cast<std::size_t>(i)];
  const double slack = 1e-12 * std::abs(outer[i]);  // lost on the way to the coordinate and back
  if (outer[i] <= parameter.min + slack) return -1;
  const bool round = parameter.role == Role::kQ && singles_[static_cast<std::size_t>(i)].in_shear;
  return outer[i] >= parameter.max - slack && !round ? 1 : 0;
}

}  // namespace gaxel
