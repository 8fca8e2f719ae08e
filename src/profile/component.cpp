#include "gaxel/component.hpp"

#include <fmt/format.h>

#include <cmath>

#include "gaxel/error.hpp"
#include "profile/shape/truncation.hpp"

namespace gaxel {

int ComponentKind::index_of(Role role) const {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i].role == role) return static_cast<int>(i);
  }
  return -1;
}

int ComponentKind::index_of(std::string_view parameter) const {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i].name == parameter) return static_cast<int>(i);
  }
  return -1;
}

double Component::norm() const {
  const double flux = value(Role::kFlux);
  return std::isnan(flux) ? value(Role::kBrightness) : flux;
}

double Component::value(Role role) const {
  const int index = kind->index_of(role);
  return index < 0 ? kNoValue : values.at(static_cast<std::size_t>(index));
}

namespace {

void check_softening(const Component& truncation) {
  const double softening = truncation.value(Role::kShape1);
  const double most = kMostSoftening * truncation.value(Role::kRe);
  if (softening <= most) return;
  throw InputError({std::string(truncation.kind->name), "softening", fmt::format("{}", softening),
                    "so soft that the factor would fall outwards",
                    fmt::format("0.01 to {} rbreak, here {}", kMostSoftening, most)});
}

}  // namespace

void validate_values(const Component& component) {
  if (component.kind == nullptr) {
    throw InputError({"", "type", "", "the component has no kind", "take one from component_kinds()"});
  }
  const ComponentKind& kind = *component.kind;
  const std::string source(kind.name);
  if (component.values.size() != kind.parameters.size()) {
    throw InputError({source, "values", std::to_string(component.values.size()), "wrong number of values",
                      fmt::format("one for each of {} parameters", kind.parameters.size())});
  }
  for (std::size_t i = 0; i < component.values.size(); ++i) {
    const ParameterSpec& spec = kind.parameters[i];
    const double value = component.values[i];
    if (std::isnan(value)) {
      throw InputError(
          {source, std::string(spec.name), "nan", "has no value", "any finite number in its range"});
    }
    if (!std::isfinite(value) || value < spec.min || value > spec.max) {
      const bool bounded = std::isfinite(spec.min) && std::isfinite(spec.max);
      throw InputError({source, std::string(spec.name), fmt::format("{}", value), "outside its range",
                        bounded ? fmt::format("{} to {}", spec.min, spec.max) : "any finite number"});
    }
  }
}

void validate(const Component& component) {
  validate_values(component);
  if (component.kind->family == Family::kTruncation) check_softening(component);
  const bool needs_image = component.kind->family == Family::kImage;
  if (needs_image == (component.image != nullptr)) return;
  throw InputError({std::string(component.kind->name), "image", needs_image ? "none" : "given",
                    needs_image ? "the light is missing" : "light of this kind is not an image's",
                    needs_image ? "an image" : "none, or the kind \"image\""});
}

}  // namespace gaxel
