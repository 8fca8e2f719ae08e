#include "io/report/fit_pictures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "io/report/isophote_curve.hpp"
#include "io/report/paint.hpp"

namespace gaxel::io::report {
namespace {

// What the three pictures share.
struct Views {
  AsinhStretch stretch;
  Image residual;
  double limit;

  Views(const Observation& observation, const Image& model)
      : stretch(stretch_for(observation.data.view(), observation.sigma.view(), observation.used)),
        residual(residual_in_sigma(observation, model)),
        limit(residual_limit(residual.view(), observation.used)) {}

  Picture light(const Image& image, std::span<const std::uint8_t> used) const {
    return paint(image.view(), used, ColorMap::sequential(), stretch);
  }
  Picture deviation(std::span<const std::uint8_t> used) const {
    return paint(residual.view(), used, ColorMap::diverging(),
                 [this](double value) { return 0.5 + 0.5 * value / limit; });
  }
};

std::vector<Outline> outlines(const Scene& scene) {
  std::vector<Outline> list;
  for (std::size_t i = 0; i < scene.components.size(); ++i) {
    const SceneComponent& component = scene.components[i];
    if (!is_source(component.kind->family)) continue;
    Outline outline;
    outline.x = component.parameter(Role::kX).value;
    outline.y = component.parameter(Role::kY).value;
    if (component.kind->family == Family::kElliptical) {
      outline.semi_major = component.parameter(Role::kRe).value;
      outline.q = component.parameter(Role::kQ).value;
      outline.theta = component.parameter(Role::kTheta).value;
    } else if (component.kind->base().family == Family::kElliptical) {
      outline.semi_major = component.parameter(Role::kRe).value;
      outline.curve = isophote_curve(component);
    }
    outline.label = std::to_string(i + 1);
    list.push_back(std::move(outline));
  }
  return list;
}

std::vector<Tick> light_ticks(const AsinhStretch& stretch) {
  std::vector<Tick> ticks = stretch.ticks();
  for (Tick& tick : ticks) tick.value = stretch(tick.value);
  return ticks;
}

std::vector<Tick> deviation_ticks(double limit) {
  std::vector<Tick> ticks = linear_ticks(-limit, limit, 7);
  for (Tick& tick : ticks) tick.value = 0.5 + 0.5 * tick.value / limit;
  return ticks;
}

}  // namespace

Image residual_in_sigma(const Observation& observation, const Image& model) {
  Image residual(model.shape());
  for (std::size_t i = 0; i < residual.size(); ++i) {
    const double sigma = observation.sigma.data()[i];
    if (sigma > 0.0) residual.data()[i] = (observation.data.data()[i] - model.data()[i]) / sigma;
  }
  return residual;
}

Image sky_image(std::span<const Component> components, std::span<const Image> component_images, Shape shape) {
  Image sky(shape);
  for (std::size_t i = 0; i < components.size(); ++i) {
    if (components[i].kind->family != Family::kSky) continue;
    for (std::size_t k = 0; k < sky.size(); ++k) sky.data()[k] += component_images[i].data()[k];
  }
  return sky;
}

std::string component_color(std::size_t index) {
  static constexpr std::array kColors = {"#2b6cb0", "#2f855a", "#b7791f", "#6b46c1",
                                         "#c0569b", "#00838f", "#8a5a2b", "#5a6472"};
  return kColors[index % kColors.size()];
}

std::vector<ImagePanel> fit_panels(const TaskImage& task, const FitResult& result,
                                   const std::string& suffix) {
  const Observation& observation = task.observation;
  const Views views(observation, result.bands.front().model);
  const std::vector<Tick> ticks = light_ticks(views.stretch);
  const ColorMap* light = &ColorMap::sequential();
  const Shape shape = result.bands.front().model.shape();
  std::vector<ImagePanel> panels;
  panels.push_back({"data" + suffix,
                    "Data",
                    views.light(observation.data, observation.used),
                    shape,
                    task.placement,
                    light,
                    ticks,
                    "counts / pixel",
                    {}});
  panels.push_back({"model" + suffix, "Model, half-light ellipses",
                    views.light(result.bands.front().model, {}), shape, task.placement, light, ticks,
                    "counts / pixel, same scale", outlines(result.scene)});
  panels.push_back({"residual" + suffix,
                    "Residual",
                    views.deviation(observation.used),
                    shape,
                    task.placement,
                    &ColorMap::diverging(),
                    deviation_ticks(views.limit),
                    "(data − model) / σ",
                    {}});
  return panels;
}

Picture picture_strip(const TaskImage& task, const FitResult& result) {
  const Observation& observation = task.observation;
  const Views views(observation, result.bands.front().model);
  const std::array pictures = {views.light(observation.data, observation.used),
                               views.light(result.bands.front().model, {}),
                               views.deviation(observation.used)};
  constexpr int kWantedWidth = 1200;
  const int strip_width = 3 * pictures[0].width();
  const int factor = (kWantedWidth + strip_width - 1) / strip_width;
  constexpr int kGap = 8;
  return side_by_side(
      std::array{enlarge(pictures[0], factor), enlarge(pictures[1], factor), enlarge(pictures[2], factor)},
      kGap);
}

}  // namespace gaxel::io::report
