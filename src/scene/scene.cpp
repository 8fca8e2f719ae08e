#include "gaxel/scene.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "gaxel/error.hpp"

namespace gaxel {

namespace {

std::string range_text(double min, double max) {
  if (std::isinf(min) && std::isinf(max)) return "any finite number";
  if (std::isinf(max)) return fmt::format("at least {}", min);
  if (std::isinf(min)) return fmt::format("at most {}", max);
  return fmt::format("{} to {}", min, max);
}

/// Throws the errors of one parameter.
class ParameterCheck {
 public:
  ParameterCheck(const std::string& where, const SceneComponent& component, std::size_t index)
      : where_(where),
        component_(component),
        spec_(component.kind->parameters[index]),
        parameter_(component.parameters[index]) {}

  void run() const {
    check_bounds();
    check_value();
    if (parameter_.free && !spec_.fittable) {
      fail("", "free", "this is a constant that cannot be fitted", "give it as a fixed value");
    }
  }

 private:
  [[noreturn]] void fail(const std::string& detail, const std::string& value, const std::string& what,
                         const std::string& allowed) const {
    throw InputError(
        {where_, fmt::format("{}.{}{}", component_.name, spec_.name, detail), value, what, allowed});
  }

  void check_bounds() const {
    const std::string range = range_text(spec_.min, spec_.max);
    for (const auto& [name, bound] : {std::pair{".min", parameter_.min}, {".max", parameter_.max}}) {
      if (std::isnan(bound)) fail(name, "nan", "the bound is not a number", range);
      if (std::isfinite(bound) && (bound < spec_.min || bound > spec_.max)) {
        fail(name, fmt::format("{}", bound), "the bound lies outside the parameter's range", range);
      }
    }
    if (!(parameter_.min < parameter_.max)) {
      fail("", fmt::format("[{}, {}]", parameter_.min, parameter_.max),
           "the lower bound is not below the upper one", "min < max");
    }
  }

  void check_value() const {
    const double value = parameter_.value;
    if (std::isnan(value)) return;
    const double low = std::max(spec_.min, parameter_.min);
    const double high = std::min(spec_.max, parameter_.max);
    if (!std::isfinite(value) || value < spec_.min || value > spec_.max) {
      fail("", fmt::format("{}", value), "outside the parameter's range", range_text(spec_.min, spec_.max));
    }
    if (value < low || value > high) {
      fail("", fmt::format("{}", value), "outside the bounds given for it", range_text(low, high));
    }
    if (spec_.role == Role::kFlux && component_.flux_is_magnitude && value <= 0.0) {
      fail("", fmt::format("{}", value), "a flux that is fitted as a magnitude must be positive", "above 0");
    }
  }

  const std::string& where_;
  const SceneComponent& component_;
  const ParameterSpec& spec_;
  const Parameter& parameter_;
};

void validate_shape(const SceneComponent& component, const std::string& where) {
  if (component.kind == nullptr) {
    throw InputError(
        {where, component.name + ".type", "", "the component has no kind", "take one of component_kinds()"});
  }
  if (component.parameters.size() != component.kind->parameters.size()) {
    throw InputError({where, component.name, std::to_string(component.parameters.size()),
                      "wrong number of parameters",
                      fmt::format("the {} of {}", component.kind->parameters.size(), component.kind->name)});
  }
}

}  // namespace

Parameter& SceneComponent::parameter(Role role) {
  return parameters.at(static_cast<std::size_t>(kind->index_of(role)));
}

const Parameter& SceneComponent::parameter(Role role) const {
  return parameters.at(static_cast<std::size_t>(kind->index_of(role)));
}

std::vector<Component> Scene::render_list() const {
  std::vector<Component> list;
  list.reserve(components.size());
  for (const SceneComponent& component : components) {
    Component& flat = list.emplace_back(
        Component{component.kind, {}, component.psf, component.inner, component.outer, component.image});
    for (const Parameter& parameter : component.parameters) flat.values.push_back(parameter.value);
  }
  return list;
}

int Scene::n_free() const {
  int count = 0;
  for (const SceneComponent& component : components) {
    for (const Parameter& parameter : component.parameters) count += parameter.free ? 1 : 0;
  }
  return count;
}

void validate(const Scene& scene, const std::string& where) {
  if (scene.components.empty()) {
    throw InputError({where, "component", "", "the scene has no components", "at least one"});
  }
  std::set<std::string> names;
  for (const SceneComponent& component : scene.components) {
    validate_shape(component, where);
    if (!names.insert(component.name).second) {
      throw InputError({where, "name", fmt::format("\"{}\"", component.name),
                        "two components have the same name", "names must be unique"});
    }
    for (std::size_t i = 0; i < component.parameters.size(); ++i) ParameterCheck(where, component, i).run();
  }
}

}  // namespace gaxel
