#include "io/result_warnings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "io/convention.hpp"

namespace gaxel::io {
namespace {

/// What the error of an unconstrained parameter is larger than.
std::string exceeded(const ParameterSpec& spec, const Parameter& parameter, double error) {
  if (parameter.limit) return "what its limit leaves, or the value itself";
  const double range = std::min(parameter.max, spec.max) - std::max(parameter.min, spec.min);
  if (range < error) return "its range";
  if (spec.role == Role::kX || spec.role == Role::kY) return "the image";
  if (std::isnan(error) && std::isfinite(range)) return "its range, or the value itself";
  return spec.role == Role::kFlux ? "the flux itself" : "the value itself";
}

std::string parameter_warning(const SceneComponent& component, std::size_t index, const FitResult& result,
                              std::size_t position) {
  const ParameterSpec& spec = component.kind->parameters[index];
  const std::string name = fmt::format("{}.{}", component.name, file_key(spec, component.flux_is_magnitude));
  switch (result.flags[position][index]) {
    case ParameterFlag::kAtBound:
      return fmt::format("{} ended at the end of its range: look for a better start or model", name);
    case ParameterFlag::kDegenerate:
      return fmt::format("{} is not told by the data: fix it, or leave its component out", name);
    case ParameterFlag::kUnconstrained:
      return fmt::format("{} is hardly told by the data: its error exceeds {}", name,
                         exceeded(spec, component.parameters[index], result.errors[position][index]));
    case ParameterFlag::kDidNotMove:
      return fmt::format("{} stayed at its start, although it is free: try another one", name);
    case ParameterFlag::kNone:
      break;
  }
  return {};
}

/// Of a component in each band.
std::vector<std::string> negative_lights(const Task& task, const FitResult& result, std::size_t c) {
  std::vector<std::string> warnings;
  const std::vector<const TaskImage*> images = images_of(task);
  for (std::size_t b = 0; b < images.size(); ++b) {
    const Component& own = result.bands[b].components[c];
    for (std::size_t p = 0; p < own.values.size(); ++p) {
      const ParameterSpec& spec = own.kind->parameters[p];
      if (!is_source(own.kind->family) || !is_norm(spec.role) || !(own.values[p] < 0.0)) continue;
      const std::string band = images.size() > 1 ? fmt::format(" in band {}", images[b]->band) : "";
      warnings.push_back(
          fmt::format("{} has a negative {}{}", result.scene.components[c].name, spec.name, band));
    }
  }
  return warnings;
}

// Where the light went, if not where an image of this shape can tell.
std::vector<std::string> component_warnings(const SceneComponent& component, Shape shape) {
  std::vector<std::string> warnings;
  if (!is_source(component.kind->family)) return warnings;
  if (const int size = component.kind->index_of(Role::kRe); size >= 0) {
    const Parameter& radius = component.parameter(Role::kRe);
    if (radius.free && radius.value > std::max(shape.ny, shape.nx)) {
      warnings.push_back(fmt::format("{} is larger than the image: {} = {:.4g} pixels", component.name,
                                     component.kind->parameters[static_cast<std::size_t>(size)].name,
                                     radius.value));
    }
  }
  const auto outside = [&](Role role, int size) {
    const Parameter& parameter = component.parameter(role);
    return parameter.free && (parameter.value < -0.5 || parameter.value > size - 0.5);
  };
  if (outside(Role::kX, shape.nx) || outside(Role::kY, shape.ny)) {
    warnings.push_back(fmt::format("{} has its centre outside the image", component.name));
  }
  return warnings;
}

}  // namespace

std::vector<std::string> result_warnings(const Task& task, const FitResult& result) {
  std::vector<std::string> warnings;
  for (std::size_t c = 0; c < result.scene.components.size(); ++c) {
    const SceneComponent& component = result.scene.components[c];
    for (std::size_t p = 0; p < component.parameters.size(); ++p) {
      if (std::string text = parameter_warning(component, p, result, c); !text.empty()) {
        warnings.push_back(std::move(text));
      }
    }
    std::ranges::move(negative_lights(task, result, c), std::back_inserter(warnings));
    std::ranges::move(component_warnings(component, task.shape), std::back_inserter(warnings));
  }
  return warnings;
}

}  // namespace gaxel::io
