#include "io/result_toml.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "io/parameter_table.hpp"
#include "io/toml_table.hpp"

namespace gaxel::io {
namespace {

// TOML tells floats from integers by a point or an exponent.
std::string toml_float(double value) {
  std::string text = fmt::format("{}", value);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

std::string parameter_line(const SceneComponent& component, std::size_t index, const FileFrame& frame) {
  const ParameterSpec& spec = component.kind->parameters[index];
  const Parameter& parameter = component.parameters[index];
  const std::string_view key = file_key(spec, component.flux_is_magnitude);
  const std::string value = toml_float(file_value(component, index, frame));
  std::string limits;
  if (spec.fittable && !parameter.free) limits += ", fixed = true";
  const auto bound = [&](double inner) {
    return std::isinf(inner) ? inner : to_file(spec.role, component.flux_is_magnitude, inner, frame);
  };
  double low = bound(parameter.min);
  double high = bound(parameter.max);
  // The faintest magnitude is the smallest flux.
  if (spec.role == Role::kFlux && component.flux_is_magnitude) std::swap(low, high);
  if (std::isfinite(low)) limits += fmt::format(", min = {}", toml_float(low));
  if (std::isfinite(high)) limits += fmt::format(", max = {}", toml_float(high));
  if (limits.empty()) return fmt::format("{} = {}\n", key, value);
  return fmt::format("{} = {{ value = {}{} }}\n", key, value, limits);
}

std::string truncations_line(std::string_view key, const std::vector<std::size_t>& which,
                             const Scene& scene) {
  if (which.empty()) return "";
  std::string names;
  for (const std::size_t i : which) {
    names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", scene.components[i].name);
  }
  return fmt::format("{} = [{}]\n", key, names);
}

}  // namespace

std::string result_toml(const Task& task, const FitResult& result) {
  const FileFrame frame{task.placement, task.photometry};
  std::string text =
      fmt::format("# Where a fit ended: chi2 {:.10g}, {} degrees of freedom. Fit it again to go on.\n# {}\n",
                  result.chi2, result.dof, kConvention);
  text += task.settings_toml;
  for (const SceneComponent& component : result.scene.components) {
    text +=
        fmt::format("\n[[component]]\nname = \"{}\"\ntype = \"{}\"\n", component.name, component.kind->name);
    if (!component.image_file.empty()) {
      text += fmt::format("file = {}\n", toml_text(toml::value<std::string>(component.image_file)));
    }
    if (component.psf == kNoPsf) {
      text += "psf = false\n";
    } else if (component.psf > 0 && component.psf < std::ssize(task.psf_names)) {
      text += fmt::format("psf = \"{}\"\n", task.psf_names[static_cast<std::size_t>(component.psf)]);
    }
    for (std::size_t p = 0; p < component.parameters.size(); ++p) text += parameter_line(component, p, frame);
    text += truncations_line("inner", component.inner, result.scene) +
            truncations_line("outer", component.outer, result.scene);
  }
  return text;
}

}  // namespace gaxel::io
