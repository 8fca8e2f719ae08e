#include "io/result_toml.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <utility>

#include "io/limit_keys.hpp"
#include "io/parameter_table.hpp"
#include "io/provenance.hpp"
#include "io/toml_table.hpp"

namespace gaxel::io {
namespace {

/// Numbers of a parameter that depends on the band, as they stand in files.
std::vector<double> numbers_in_file(const SceneComponent& component, std::size_t index, const Task& task,
                                    std::vector<double> numbers) {
  const Parameter& parameter = component.parameters[index];
  const Role role = component.kind->parameters[index].role;
  const bool magnitude = component.is_magnitude(role);
  if (parameter.basis != Basis::kBands) {
    if (magnitude) return numbers;
    return map_to_file(role, {task.placement, task.photometry})
        .of_series(parameter.basis, std::move(numbers));
  }
  const std::vector<const TaskImage*> images = images_of(task);
  for (std::size_t b = 0; b < numbers.size(); ++b) {
    const FileFrame frame{task.placement, images[b]->photometry};
    if (std::isfinite(numbers[b])) {
      numbers[b] = to_file(role, component.flux_is_magnitude, numbers[b], frame);
    } else if (magnitude) {
      numbers[b] = -numbers[b];
    }
  }
  return numbers;
}

/// `, min = [1, -inf], max = [2, inf]`, or nothing.
std::string coefficient_bounds(const SceneComponent& component, std::size_t index, const Task& task) {
  const Parameter& parameter = component.parameters[index];
  const bool falls =
      component.is_magnitude(component.kind->parameters[index].role) && parameter.basis == Basis::kBands;
  std::string text;
  for (const auto& [key, ends] : {std::pair{falls ? "max" : "min", &parameter.coefficient_min},
                                  {falls ? "min" : "max", &parameter.coefficient_max}}) {
    if (!ends->empty())
      text += fmt::format(", {} = {}", key, toml_list(numbers_in_file(component, index, task, *ends)));
  }
  return text;
}

/// What a parameter is that depends on the band: `bands`, or a series.
std::string variation(const SceneComponent& component, std::size_t index, const Task& task) {
  const Parameter& parameter = component.parameters[index];
  const std::vector<double> in_file = numbers_in_file(component, index, task, parameter.coefficients);
  const auto n_free = std::ranges::count(parameter.free_coefficients, 1);
  const bool leading = std::ranges::is_sorted(parameter.free_coefficients, std::greater());
  const bool whole = parameter.basis == Basis::kChebyshev ? leading : n_free == std::ssize(in_file);
  std::string text =
      parameter.basis == Basis::kBands
          ? fmt::format("bands = {}", toml_list(in_file))
          : fmt::format(
                "{} = {}, coefficients = {}", to_text(parameter.basis),
                parameter.basis == Basis::kChebyshev && leading && n_free > 0 ? n_free : std::ssize(in_file),
                toml_list(in_file));
  if (!whole && n_free > 0)
    text += fmt::format(", free = [{}]", fmt::join(parameter.free_coefficients, ", "));
  return text + coefficient_bounds(component, index, task);
}

std::string prior_text(const SceneComponent& component, std::size_t index, const FileFrame& frame) {
  const Prior& prior = *component.parameters[index].prior;
  const Role role = component.kind->parameters[index].role;
  const auto to_text = [](const char* a, double mean, const char* b, double sigma) {
    return fmt::format(", prior = {{ {} = {}, {} = {} }}", a, toml_float(mean), b, toml_float(sigma));
  };
  if (component.is_magnitude(role)) {
    return to_text("mean", to_file(role, true, std::exp(prior.mean), frame), "sigma",
                   prior.sigma / (0.4 * std::numbers::ln10));
  }
  if (prior.logarithm)
    return to_text("median", to_file(role, false, std::exp(prior.mean), frame), "log_sigma", prior.sigma);
  const double factor = std::abs(map_to_file(role, frame).factor);
  return to_text("mean", to_file(role, false, prior.mean, frame), "sigma", factor * prior.sigma);
}

std::string parameter_line(const Task& task, const Scene& scene, const SceneComponent& component,
                           std::size_t index) {
  const FileFrame frame{task.placement, task.photometry};
  const ParameterSpec& spec = component.kind->parameters[index];
  const Parameter& parameter = component.parameters[index];
  const std::string_view key = file_key(spec, component.flux_is_magnitude);
  if (parameter.tie) return fmt::format("{} = {{ tie = \"{}\" }}\n", key, parameter.tie->text);
  const bool constant = parameter.basis == Basis::kConstant;
  const std::string value = constant ? toml_float(file_value(component, index, frame)) : "";
  std::string limits;
  if (spec.fittable && !parameter.free) limits += ", fixed = true";
  if (constant && !task.others.empty() && is_light(spec.role) && spec.fittable) limits += ", constant = true";
  if (parameter.prior) limits += prior_text(component, index, frame);
  if (parameter.limit) limits += ", " + limit_text(scene, component, index, frame);
  const auto bound = [&](double inner) {
    return std::isinf(inner) ? inner : to_file(spec.role, component.flux_is_magnitude, inner, frame);
  };
  double low = bound(parameter.min);
  double high = bound(parameter.max);
  // The faintest magnitude is the smallest flux.
  if (component.is_magnitude(spec.role)) std::swap(low, high);
  if (std::isfinite(low)) limits += fmt::format(", min = {}", toml_float(low));
  if (std::isfinite(high)) limits += fmt::format(", max = {}", toml_float(high));
  if (!constant) return fmt::format("{} = {{ {}{} }}\n", key, variation(component, index, task), limits);
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
  std::string text = fmt::format(
      "# Where a fit ended: {}chi2 {:.10g}, {} degrees of freedom. Fit it again to go on.\n# {}\n",
      statistic_text(result), result.chi2, result.dof, kConvention);
  for (const std::string& line : provenance_lines(task)) text += fmt::format("# {}\n", line);
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
    for (std::size_t p = 0; p < component.parameters.size(); ++p)
      text += parameter_line(task, result.scene, component, p);
    text += truncations_line("inner", component.inner, result.scene) +
            truncations_line("outer", component.outer, result.scene);
  }
  return text;
}

}  // namespace gaxel::io
