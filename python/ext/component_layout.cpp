// Where a component's law and shape have their parameters: what gaxel._executor cannot tell by names.
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <string>
#include <tuple>
#include <vector>

#include "bindings.hpp"
#include "profile/brightness.hpp"
#include "profile/kind_options.hpp"

namespace gaxel::python {
namespace {

nb::dict layout_of(const std::string& name) {
  const ComponentKind& kind = component_kind(name);
  nb::dict layout;
  layout["law"] = std::string(kind.base().name);
  layout["x"] = kind.index_of(Role::kX);
  layout["y"] = kind.index_of(Role::kY);
  layout["re"] = kind.index_of(Role::kRe);
  layout["q"] = kind.index_of(Role::kQ);
  layout["theta"] = kind.index_of(Role::kTheta);
  const int flux = kind.index_of(Role::kFlux);
  layout["norm"] = flux >= 0 ? flux : kind.index_of(Role::kBrightness);
  layout["is_flux"] = flux >= 0;
  layout["brightness_radius"] = kind.brightness_radius;
  std::vector<std::tuple<std::size_t, int>> shapes;
  for (const LawParameter& shape : law_parameters(kind)) shapes.emplace_back(shape.index, shape.power);
  layout["law_shapes"] = shapes;
  std::vector<std::tuple<std::string, std::size_t, std::size_t>> steps;
  for (const OptionUse& use : options_of(kind)) {
    if (use.option->part == ShapePart::kNone) continue;
    steps.emplace_back(std::string(use.option->name), use.option->mode, use.first);
  }
  layout["steps"] = steps;
  return layout;
}

}  // namespace

void bind_component_layout(nb::module_& module) {
  module.def(
      "component_layout", &layout_of, nb::arg("kind"),
      "Of a kind of component: \"law\", the kind without options; \"x\", \"y\", \"re\", \"q\", \"theta\", "
      "\"norm\": places among its parameters, or -1; \"is_flux\": whether the norm is a flux; "
      "\"brightness_radius\"; \"law_shapes\": (place, power of the scale radius that it is times) of the "
      "law's shape parameters; \"steps\": (name, mode, place of its first parameter) of the options that "
      "change the shape.");
}

}  // namespace gaxel::python
