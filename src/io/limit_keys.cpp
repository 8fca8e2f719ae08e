#include "io/limit_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <tuple>
#include <utility>

#include "io/tie_keys.hpp"

namespace gaxel::io {
namespace {

constexpr std::array<std::string_view, 3> kLimitKeys{"to", "min", "max"};

std::string_view unit_of(const SceneComponent& component, std::size_t index) {
  return file_unit(component.kind->parameters[index], component.flux_is_magnitude);
}

double ratio_of_magnitudes(double magnitudes) {
  return std::pow(10.0, -0.4 * magnitudes);
}

double magnitudes_of_ratio(double ratio) {
  return ratio > 0.0 ? -2.5 * std::log10(ratio) : INFINITY;
}

/// The number of fewest digits that is read as `inner`: that which was given, and not its rounding.
template <class ToFile, class FromFile>
double as_given(double inner, const ToFile& to_file, const FromFile& from_file) {
  const double exact = to_file(inner);
  if (!std::isfinite(exact)) return exact;
  for (int digits = 1; digits < std::numeric_limits<double>::max_digits10; ++digits) {
    const double rounded = std::stod(fmt::format("{:.{}g}", exact, digits));
    if (from_file(rounded) == inner) return rounded;
  }
  return exact;
}

/// A fainter magnitude is a smaller flux: the ends change places.
Limit between_magnitudes(Limit limit) {
  std::tie(limit.min, limit.max) = std::pair(ratio_of_magnitudes(limit.max), ratio_of_magnitudes(limit.min));
  limit.is_ratio = true;
  return limit;
}

}  // namespace

std::optional<Limit> read_limit(const TomlTable& parameter, const Scene& scene, std::size_t component,
                                std::size_t index, const FileFrame& frame) {
  const bool is_ratio = parameter.has("ratio");
  if (!is_ratio && !parameter.has("difference")) return std::nullopt;
  if (is_ratio && parameter.has("difference"))
    parameter.fail("ratio", "a difference is given, too", "one of them");
  const TomlTable table = *parameter.table(is_ratio ? "ratio" : "difference");
  table.allow_only(kLimitKeys);
  const std::optional<std::string> name = table.text("to");
  if (!name) table.fail("to", "missing", "the other parameter, as \"disc.re\"");
  const std::vector<NamedParameter> names = named_parameters(scene);
  const auto other = std::ranges::find(names, *name, &NamedParameter::name);
  if (other == names.end()) fail_unknown(table, "to", *name, scene);

  const SceneComponent& own = scene.components[component];
  const ParameterSpec& spec = own.kind->parameters[index];
  const SceneComponent& its = scene.components[other->component];
  if (unit_of(own, index) != unit_of(its, other->parameter))
    table.fail("to", fmt::format("\"{}\" has another unit", *name), "a parameter of the same unit");
  const bool magnitude = own.is_magnitude(spec.role);
  const LinearMap map = map_to_file(spec.role, frame);
  if (is_ratio && (magnitude || map.constant != 0.0)) {
    parameter.fail("ratio", magnitude ? "magnitudes have no ratio" : "it has no zero that means anything",
                   "difference");
  }
  Limit limit{other->component, other->parameter, is_ratio};
  const NumberRange range = is_ratio ? NumberRange{0.0, NumberRange().max} : NumberRange();
  const std::optional<double> min = table.number("min", range);
  const std::optional<double> max = table.number("max", range);
  if (!min && !max) table.fail("", "no limit", "min, max or both");
  limit.min = min.value_or(limit.min);
  limit.max = max.value_or(limit.max);
  if (!(limit.min < limit.max)) table.fail("max", "not above min", "min < max");
  if (magnitude) return between_magnitudes(limit);
  if (is_ratio) return limit;
  limit.min /= map.factor;
  limit.max /= map.factor;
  return limit;
}

std::string limit_text(const Scene& scene, const SceneComponent& component, std::size_t index,
                       const FileFrame& frame) {
  const Limit& limit = *component.parameters[index].limit;
  const ParameterSpec& spec = component.kind->parameters[index];
  const SceneComponent& other = scene.components[limit.component];
  const bool magnitude = component.is_magnitude(spec.role);
  double min = limit.min;
  double max = limit.max;
  if (magnitude) {
    std::tie(min, max) = std::pair(as_given(limit.max, magnitudes_of_ratio, ratio_of_magnitudes),
                                   as_given(limit.min, magnitudes_of_ratio, ratio_of_magnitudes));
  } else if (!limit.is_ratio) {
    const double factor = map_to_file(spec.role, frame).factor;
    const auto to_file = [factor](double value) { return value * factor; };
    const auto from_file = [factor](double value) { return value / factor; };
    min = as_given(min, to_file, from_file);
    max = as_given(max, to_file, from_file);
  }
  std::string text =
      fmt::format("{} = {{ to = \"{}.{}\"", limit.is_ratio && !magnitude ? "ratio" : "difference", other.name,
                  file_key(other.kind->parameters[limit.parameter], other.flux_is_magnitude));
  if (std::isfinite(min)) text += fmt::format(", min = {}", toml_float(min));
  if (std::isfinite(max)) text += fmt::format(", max = {}", toml_float(max));
  return text + " }";
}

}  // namespace gaxel::io
