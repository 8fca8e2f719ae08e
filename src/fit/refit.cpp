#include "fit/refit.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace gaxel {
namespace {

Parameter& parameter_of(Scene& scene, const FreeValue& which) {
  return scene.components[which.component].parameters[which.parameter];
}

}  // namespace

double& value_in(Scene& scene, const FreeValue& which) {
  Parameter& owner = parameter_of(scene, which);
  return owner.basis == Basis::kConstant ? owner.value : owner.coefficients[which.coefficient];
}

void hold(Scene& scene, const FreeValue& which, double value) {
  value_in(scene, which) = value;
  Parameter& owner = parameter_of(scene, which);
  if (owner.basis == Basis::kConstant) {
    owner.free = false;
    return;
  }
  owner.free_coefficients[which.coefficient] = 0;
  owner.free = std::ranges::any_of(owner.free_coefficients, [](auto mark) { return mark != 0; });
}

double nearest_turn(const Scene& scene, const FreeValue& which, double theta, double best) {
  const SceneComponent& component = scene.components[which.component];
  const Parameter& owner = component.parameters[which.parameter];
  const bool turns = component.kind->parameters[which.parameter].role == Role::kTheta &&
                     std::isinf(owner.min) && std::isinf(owner.max) && !is_series(owner.basis);
  return turns ? best + std::remainder(theta - best, std::numbers::pi) : theta;
}

FitOptions refit_options(FitOptions options) {
  options.threads = 1;
  options.starts = 1;
  options.max_seconds = FitOptions{}.max_seconds;
  options.robust = false;
  return options;
}

}  // namespace gaxel
