#include "profile/brightness.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace gaxel {
namespace {

constexpr std::array kShapeRoles{Role::kN,      Role::kShape1, Role::kShape2, Role::kShape3,
                                 Role::kShape4, Role::kShape5, Role::kShape6, Role::kKnot};

// The power of the scale radius that turns a parameter into what a law takes.
int power_of_scale(const ParameterSpec& spec) {
  return spec.unit == "pixel" ? -1 : spec.unit == "1/pixel" ? 1 : 0;
}

}  // namespace

std::vector<LawParameter> law_parameters(const ComponentKind& kind) {
  std::vector<LawParameter> parameters;
  for (std::size_t i = 0; i < kind.parameters.size(); ++i) {
    const ParameterSpec& spec = kind.parameters[i];
    if (std::ranges::find(kShapeRoles, spec.role) == kShapeRoles.end()) continue;
    parameters.push_back({i, power_of_scale(spec)});
  }
  return parameters;
}

LawShapes law_shapes(const Component& component) {
  const std::size_t n = component.kind->parameters.size();
  const double re = component.value(Role::kRe);
  const auto re_index = static_cast<std::size_t>(component.kind->index_of(Role::kRe));
  LawShapes shapes;
  for (const auto& [i, power] : law_parameters(*component.kind)) {
    const double factor = std::pow(re, power);
    shapes.values.push_back(component.values[i] * factor);
    const std::size_t row = shapes.derivatives.size();
    shapes.derivatives.resize(row + n, 0.0);
    shapes.derivatives[row + i] = factor;
    shapes.derivatives[row + re_index] += power * component.values[i] * factor / re;
  }
  return shapes;
}

FluxPerBrightness flux_per_brightness(const Component& component) {
  const ComponentKind& kind = *component.kind;
  const LawShapes shapes = law_shapes(component);
  const std::unique_ptr<SurfaceLaw> law = kind.base().make_surface_law(shapes.values);
  const ShapeValue total = law->total();
  const ShapeValue at = law->intensity_at(kind.brightness_radius);
  const double re = component.value(Role::kRe);
  const double q = component.value(Role::kQ);
  FluxPerBrightness ratio{q * re * re * total.value / at.value, {}};
  const std::size_t n = kind.parameters.size();
  ratio.derivatives.assign(n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    double d_log = 0.0;
    for (std::size_t k = 0; k < shapes.values.size(); ++k) {
      d_log += (total.d_shapes[k] / total.value - at.d_shapes[k] / at.value) * shapes.derivatives[k * n + i];
    }
    if (kind.parameters[i].role == Role::kRe) d_log += 2.0 / re;
    if (kind.parameters[i].role == Role::kQ) d_log += 1.0 / q;
    ratio.derivatives[i] = ratio.value * d_log;
  }
  return ratio;
}

}  // namespace gaxel
