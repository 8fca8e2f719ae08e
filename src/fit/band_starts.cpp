// Starting values of a scene in several bands.
#include <algorithm>
#include <cmath>
#include <vector>

#include "fit/parameter_map.hpp"
#include "gaxel/fit.hpp"

namespace gaxel {
namespace {

bool is_unknown(const Parameter& parameter) {
  if (parameter.tie) return false;
  if (parameter.basis == Basis::kConstant) return std::isnan(parameter.value);
  return std::ranges::any_of(parameter.coefficients, [](double c) { return std::isnan(c); });
}

bool has_unknown(const Scene& scene) {
  return std::ranges::any_of(scene.components, [](const SceneComponent& component) {
    return std::ranges::any_of(component.parameters, is_unknown);
  });
}

bool is_magnitude_series(const SceneComponent& component, std::size_t index) {
  return component.is_magnitude(component.kind->parameters[index].role) &&
         is_series(component.parameters[index].basis);
}

/// NaN where it is not known; fluxes as counts.
double value_in(const SceneComponent& component, std::size_t index, std::span<const Band> bands,
                const Wavelengths& wavelengths, int band) {
  const Parameter& parameter = component.parameters[index];
  if (is_unknown(parameter)) return kNoValue;
  if (parameter.tie) return parameter.value;
  const double value = values_in_bands(parameter, wavelengths)[band];
  const double zeropoint = bands[static_cast<std::size_t>(band)].frame.zeropoint;
  if (is_magnitude_series(component, index)) return std::pow(10.0, 0.4 * (zeropoint - value));
  const bool counts_of_first =
      component.is_magnitude(component.kind->parameters[index].role) && parameter.basis == Basis::kConstant;
  return counts_of_first ? value * std::pow(10.0, 0.4 * (zeropoint - bands.front().frame.zeropoint)) : value;
}

/// The scene as it is in one band, before its pixels are considered: constants, some of them not known.
Scene in_one_band(const Scene& scene, std::span<const Band> bands, const Wavelengths& wavelengths, int band) {
  Scene one = scene;
  for (std::size_t c = 0; c < one.components.size(); ++c) {
    one.components[c].flux_is_magnitude = false;
    for (std::size_t i = 0; i < one.components[c].parameters.size(); ++i) {
      const Parameter& parameter = scene.components[c].parameters[i];
      Parameter plain;
      plain.value = value_in(scene.components[c], i, bands, wavelengths, band);
      plain.free = parameter.free;
      if (!is_light(one.components[c].kind->parameters[i].role)) {
        plain.min = parameter.min;
        plain.max = parameter.max;
      }
      one.components[c].parameters[i] = plain;
    }
  }
  return one;
}

/// Coefficients through values in the bands.
void set_values(std::span<const Band> bands, const Wavelengths& wavelengths, std::vector<double> in_bands,
                const SceneComponent& component, std::size_t index, Parameter& parameter) {
  if (parameter.basis == Basis::kConstant) {
    parameter.value = in_bands.front();
    return;
  }
  if (is_magnitude_series(component, index)) {
    for (std::size_t b = 0; b < bands.size(); ++b)
      in_bands[b] = bands[b].frame.zeropoint - 2.5 * std::log10(in_bands[b]);
  }
  const std::size_t n = parameter.coefficients.size();
  parameter.coefficients = parameter.basis == Basis::kBands
                               ? in_bands
                               : wavelengths.series_through(in_bands, parameter.basis, static_cast<int>(n));
}

}  // namespace

void estimate_starting_values(std::span<const Band> bands, Scene& scene) {
  if (!has_unknown(scene)) return;
  std::vector<BandFrame> frames;
  for (const Band& band : bands) frames.push_back(band.frame);
  const Wavelengths wavelengths = wavelengths_of(frames);

  std::vector<Scene> in_bands{in_one_band(scene, bands, wavelengths, 0)};
  estimate_starting_values(*bands.front().observation, in_bands.front());
  for (std::size_t b = 1; b < bands.size(); ++b) {
    // Shapes as in the first band unless they are known, taken to the band's own pixels.
    Scene shared = in_one_band(scene, bands, wavelengths, static_cast<int>(b));
    for (std::size_t c = 0; c < shared.components.size(); ++c) {
      for (std::size_t i = 0; i < shared.components[c].parameters.size(); ++i) {
        double& value = shared.components[c].parameters[i].value;
        if (std::isnan(value)) value = in_bands.front().components[c].parameters[i].value;
      }
    }
    const ParameterMap map(shared, std::vector{frames.front(), frames[b]}, "fit");
    const std::vector<Component>& components = map.components(1);
    Scene own = shared;
    for (std::size_t c = 0; c < own.components.size(); ++c) {
      for (std::size_t i = 0; i < own.components[c].parameters.size(); ++i) {
        const bool wanted = is_unknown(scene.components[c].parameters[i]) &&
                            is_light(own.components[c].kind->parameters[i].role);
        own.components[c].parameters[i].value = wanted ? kNoValue : components[c].values[i];
      }
    }
    const auto n_used =
        std::ranges::count_if(bands[b].observation->used, [](auto mark) { return mark != 0; });
    if (n_used > 0) estimate_starting_values(*bands[b].observation, own);
    for (std::size_t c = 0; c < own.components.size(); ++c) {
      for (std::size_t i = 0; i < own.components[c].parameters.size(); ++i) {
        Parameter& parameter = shared.components[c].parameters[i];
        const bool light = is_light(own.components[c].kind->parameters[i].role);
        const double found = own.components[c].parameters[i].value;
        if (light && !std::isnan(found)) parameter.value = found;
      }
    }
    in_bands.push_back(std::move(shared));
  }
  for (std::size_t c = 0; c < scene.components.size(); ++c) {
    SceneComponent& component = scene.components[c];
    for (std::size_t i = 0; i < component.parameters.size(); ++i) {
      if (!is_unknown(component.parameters[i])) continue;
      std::vector<double> values;
      for (const Scene& one : in_bands) values.push_back(one.components[c].parameters[i].value);
      set_values(bands, wavelengths, std::move(values), component, i, component.parameters[i]);
    }
  }
}

}  // namespace gaxel
