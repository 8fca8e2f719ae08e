#include "render/parts.hpp"

#include "gaxel/error.hpp"
#include "render/wanted.hpp"

namespace gaxel {

namespace {

void check_truncations(const Component& component, std::span<const Component> components) {
  for (const auto* cuts : {&component.inner, &component.outer}) {
    const char* key = cuts == &component.inner ? "inner" : "outer";
    for (const std::size_t i : *cuts) {
      const bool is_one = i < components.size() && components[i].kind != nullptr &&
                          components[i].kind->family == Family::kTruncation;
      if (!is_one) {
        throw InputError({std::string(component.kind->name), key, std::to_string(i), "not a truncation",
                          "the number of one among the components"});
      }
    }
    if (!cuts->empty() && component.kind->family != Family::kSurface) {
      throw InputError({std::string(component.kind->name), key, std::to_string(cuts->front()),
                        "light of this kind cannot be cut",
                        "component_kind(\"" + std::string(component.kind->name) + "+truncated\"), or none"});
    }
  }
  if (component.kind->brightness_radius == kAtBreak && component.inner.empty() && component.outer.empty()) {
    throw InputError({std::string(component.kind->name), "ibreak", std::to_string(component.norm()),
                      "there is no truncation, whose break radius it belongs to",
                      "a truncation inside or outside, or another normalisation"});
  }
}

}  // namespace

std::vector<Part> parts_of(std::span<const Component> components, std::span<const std::uint8_t> flags,
                           const char* source) {
  std::vector<Part> parts;
  std::size_t n_lights = 0;
  std::size_t n_surfaces = 0;
  for (const Component& component : components) {
    validate(component);
    check_truncations(component, components);
    Part& part = parts.emplace_back(Part{&component, {}, {}, {}});
    if (!flags.empty()) {
      part.indices = wanted_parameters(component, flags, source);
      for (const std::size_t i : part.indices) part.roles.push_back(component.kind->parameters[i].role);
      flags = flags.subspan(component.kind->parameters.size());
    }
    if (part.family() == Family::kElliptical) part.light = n_lights++;
    if (part.family() == Family::kSurface) part.light = n_surfaces++;
  }
  return parts;
}

std::vector<EllipticalLight> lights_of(const std::vector<Part>& parts) {
  std::vector<EllipticalLight> lights;
  for (const Part& part : parts) {
    if (part.family() == Family::kElliptical) lights.emplace_back(*part.component);
  }
  return lights;
}

}  // namespace gaxel
