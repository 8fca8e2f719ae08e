// The registry of components.
#include "gaxel/component.hpp"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <tuple>

#include "base/nearest_name.hpp"
#include "bindings.hpp"
#include "profile/kind_options.hpp"

namespace gaxel::python {

std::vector<Component> to_components(const ComponentList& list) {
  std::vector<Component> components;
  components.reserve(list.size());
  for (const auto& [kind, values, psf, inner, outer, image] : list) {
    components.push_back({&component_kind(kind), values, psf, inner, outer, image.value_or(nullptr)});
  }
  return components;
}

void bind_components(nb::module_& module) {
  nb::class_<ParameterSpec>(module, "ParameterSpec", "One parameter of a kind of component.")
      .def_ro("name", &ParameterSpec::name)
      .def_ro("unit", &ParameterSpec::unit)
      .def_ro("doc", &ParameterSpec::doc)
      .def_ro("min", &ParameterSpec::min, "Smallest value allowed.")
      .def_ro("max", &ParameterSpec::max, "Largest value allowed.")
      .def_ro("fallback", &ParameterSpec::fallback, "Value when left out; NaN: none.")
      .def_prop_ro(
          "is_light", [](const ParameterSpec& spec) { return is_light(spec.role); },
          "Whether it tells how much light there is, which every band has of its own.")
      .def_prop_ro(
          "rests_unless_given", [](const ParameterSpec& spec) { return rests_unless_given(spec.role); },
          "Whether a fit leaves it alone, at its fallback, unless it is given a value.")
      .def_ro("fittable", &ParameterSpec::fittable, "False for constants.");
  nb::class_<ComponentKind>(module, "ComponentKind", "A row of the registry of components.")
      .def_ro("name", &ComponentKind::name)
      .def_ro("title", &ComponentKind::title)
      .def_ro("doc", &ComponentKind::doc)
      .def_prop_ro(
          "base_name", [](const ComponentKind& kind) { return kind.base().name; },
          "Name of the registry's row: without options.")
      .def_prop_ro(
          "takes_image", [](const ComponentKind& kind) { return kind.family == Family::kImage; },
          "Whether its light is that of an image.")
      .def_prop_ro(
          "is_integrated", [](const ComponentKind& kind) { return is_integrated(kind.family); },
          "Whether it has cells.")
      .def_prop_ro("is_sky", [](const ComponentKind& kind) { return kind.family == Family::kSky; })
      .def_prop_ro("parameters", [](const ComponentKind& kind) {
        return std::vector<ParameterSpec>(kind.parameters.begin(), kind.parameters.end());
      });
  nb::class_<LightImage>(module, "LightImage", "The light of an image's pixels, interpolated.")
      .def(
          "__init__",
          [](LightImage* self, const InputImage& pixels) {
            LightImage::check_shape(shape_of(pixels));
            new (self) LightImage(to_image(pixels));
          },
          nb::arg("pixels"))
      .def_static(
          "check_shape",
          [](long long ny, long long nx) {
            constexpr long long kMost = std::numeric_limits<int>::max();
            LightImage::check_shape(
                {static_cast<int>(std::min(ny, kMost)), static_cast<int>(std::min(nx, kMost))});
          },
          nb::arg("ny"), nb::arg("nx"), "Raises InputError for an image that is too large for a component.");
  module.def(
      "component_kinds",
      [] {
        const auto kinds = component_kinds();
        return std::vector<ComponentKind>(kinds.begin(), kinds.end());
      },
      "All kinds of components, in the order of the documentation.");
  module.def(
      "component_kind",
      [](const std::string& name, const std::vector<std::string>& keys) {
        const std::vector<std::string_view> views(keys.begin(), keys.end());
        return component_kind(name, views);
      },
      nb::arg("name"), nb::arg("keys"),
      "The kind of that name, with the options that have one of `keys` among their parameters.");
  module.def(
      "option_keys",
      [](const std::string& name) {
        using Key = std::tuple<std::string, std::string, std::optional<ParameterSpec>>;
        std::vector<Key> keys;
        const ComponentKind& kind = component_kind(name);
        for (const OptionKey& key : option_keys(kind)) {
          const ParameterSpec* spec = option_parameter(kind, key);
          keys.emplace_back(key.key, key.doc, spec == nullptr ? std::nullopt : std::optional(*spec));
        }
        return keys;
      },
      nb::arg("name"),
      "Keys that turn an option of the kind on, what they are, and their parameters; None for those that "
      "name other "
      "components.");
  module.def(
      "name_families",
      [](const std::vector<std::string>& names) {
        const std::vector<std::string_view> views(names.begin(), names.end());
        return name_families(views);
      },
      nb::arg("names"), "The names, but one entry for many that differ in a number alone: \"f1 to f10\".");
  module.def(
      "norm_keys",
      [](const std::string& name) {
        const std::vector<std::string_view> keys = norm_keys(component_kind(name));
        return std::vector<std::string>(keys.begin(), keys.end());
      },
      nb::arg("name"),
      "Parameters of which a component of the kind has one: what its light is proportional to.");
  module.def(
      "validate",
      [](const std::string& kind, std::vector<double> values) {
        validate_values({&component_kind(kind), std::move(values)});
      },
      nb::arg("kind"), nb::arg("values"), "Raises InputError for a value outside its parameter's range.");
  module.def(
      "suggestion",
      [](const std::string& word, const std::vector<std::string>& candidates) {
        const std::vector<std::string_view> views(candidates.begin(), candidates.end());
        return suggestion(word, views);
      },
      nb::arg("word"), nb::arg("candidates"),
      "What may have been meant by a misspelt name, and what is allowed.");
}

}  // namespace gaxel::python
