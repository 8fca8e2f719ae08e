#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "io/convention.hpp"
#include "io/report/fit_pictures.hpp"
#include "io/report/wavelength_plot.hpp"

namespace gaxel::io::report {
namespace {

constexpr int kCurvePoints = 61;

/// One parameter over the bands.
class Reader {
 public:
  Reader(const Task& task, const FitResult& result, std::size_t component, std::size_t place)
      : images_(images_of(task)),
        result_(result),
        component_(component),
        place_(place),
        owner_(result.scene.components[component]),
        parameter_(owner_.parameters[place]),
        role_(owner_.kind->parameters[place].role) {}

  bool is_shown() const {
    if (parameter_.tie) return !has_length() || all_of_one_scale();
    return parameter_.free && parameter_.basis != Basis::kConstant;
  }

  std::vector<WavelengthPoint> points() const {
    std::vector<WavelengthPoint> list;
    for (std::size_t b = 0; b < images_.size(); ++b) {
      const double wavelength = images_[b]->wavelength;
      list.push_back(is_series(parameter_.basis) ? series_at(wavelength) : in_band(b));
    }
    return list;
  }

  std::vector<WavelengthPoint> curve() const {
    if (!is_series(parameter_.basis)) return {};
    const auto [low, high] = std::ranges::minmax(images_, {}, &TaskImage::wavelength);
    std::vector<WavelengthPoint> list;
    for (int i = 0; i < kCurvePoints; ++i)
      list.push_back(series_at(std::lerp(low->wavelength, high->wavelength, i / (kCurvePoints - 1.0))));
    return list;
  }

  Role role() const { return role_; }

 private:
  bool has_length() const { return owner_.kind->parameters[place_].unit == "pixel"; }
  bool all_of_one_scale() const {
    return std::ranges::all_of(images_, [](const TaskImage* image) {
      const PixelMap& map = image->pixels;
      return map.xx == 1.0 && map.yy == 1.0 && map.xy == 0.0 && map.yx == 0.0 && map.x0 == 0.0 &&
             map.y0 == 0.0;
    });
  }

  FileFrame frame(std::size_t band) const { return {images_.front()->placement, images_[band]->photometry}; }

  /// Series of magnitudes are magnitudes already.
  WavelengthPoint series_at(double wavelength) const {
    const WavelengthValue inner = value_at(result_, component_, place_, wavelength);
    if (owner_.is_magnitude(role_)) return {wavelength, inner.value, inner.error};
    const LinearMap map = map_to_file(role_, frame(0));
    return {wavelength, map.factor * inner.value + map.constant, std::abs(map.factor) * inner.error};
  }

  WavelengthPoint in_band(std::size_t band) const {
    double value = result_.bands[band].components[component_].values[place_];
    double error = result_.bands[band].errors[component_][place_];
    if (!parameter_.tie) {
      // In the first band's pixels, as the scene has them; the band's own values are in its own.
      value = parameter_.coefficients[band];
      const auto own = std::ranges::find_if(result_.free_values, [&](const FreeValue& free) {
        return free.component == component_ && free.parameter == place_ && free.coefficient == band;
      });
      error = own == result_.free_values.end() ? kNoValue : own->error;
    }
    const bool as_magnitude = owner_.flux_is_magnitude;
    return {images_[band]->wavelength, to_file(role_, as_magnitude, value, frame(band)),
            error * file_error_scale(role_, as_magnitude, value)};
  }

  std::vector<const TaskImage*> images_;
  const FitResult& result_;
  std::size_t component_;
  std::size_t place_;
  const SceneComponent& owner_;
  const Parameter& parameter_;
  Role role_;
};

/// Directions by half turns: the first near 0, the others and the curve next to it.
void bring_together(WavelengthPlot& plot) {
  const auto turns = [](double degrees, double about) {
    return 180.0 * std::round((degrees - about) / 180.0);
  };
  const double first = turns(plot.points.front().value, 0.0);
  for (WavelengthPoint& point : plot.curve) point.value -= first;
  const double about = plot.points.front().value - first;
  for (WavelengthPoint& point : plot.points) {
    point.value -= plot.curve.empty() ? turns(point.value, about) : first;
  }
}

}  // namespace

std::vector<WavelengthPlot> wavelength_plots(const Task& task, const FitResult& result) {
  if (result.wavelengths.n_different() < 2) return {};
  std::vector<WavelengthPlot> plots;
  for (std::size_t c = 0; c < result.scene.components.size(); ++c) {
    const SceneComponent& component = result.scene.components[c];
    for (std::size_t p = 0; p < component.parameters.size(); ++p) {
      const Reader reader(task, result, c, p);
      if (!reader.is_shown()) continue;
      const ParameterSpec& spec = component.kind->parameters[p];
      const std::string_view key = file_key(spec, component.flux_is_magnitude);
      WavelengthPlot plot{fmt::format("wavelength-{}-{}", c + 1, p + 1),
                          fmt::format("{}: {}", component.name, key),
                          std::string(file_unit(spec, component.flux_is_magnitude)),
                          component_color(c),
                          reader.points(),
                          reader.curve()};
      if (reader.role() == Role::kTheta) bring_together(plot);
      plots.push_back(std::move(plot));
    }
  }
  return plots;
}

}  // namespace gaxel::io::report
