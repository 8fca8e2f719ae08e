#include "io/report/color_composite.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "io/report/fit_pictures.hpp"
#include "io/report/paint.hpp"
#include "io/report/scale.hpp"

namespace gaxel::io::report {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

using Channels = std::array<Image, 3>;

std::uint8_t channel(double value) {
  return static_cast<std::uint8_t>(std::lround(255.0 * std::clamp(value, 0.0, 1.0)));
}

/// Data, model and their difference in a band on the first band's pixels.
struct BandLight {
  Image data;          ///< above the sky, in units of the model's light
  Image model;         ///< likewise
  Image deviation;     ///< in sigmas
  double noise = 0.0;  ///< typical sigma, in units of the model's light
};

double quantile(std::vector<double> values, double share) {
  std::erase_if(values, [](double v) { return !std::isfinite(v); });
  if (values.empty()) return 0.0;
  const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

void scale(Image& image, double factor) {
  for (double& value : image.pixels()) value *= factor;
}

BandLight band_light(const TaskImage& task, const BandFit& fit, std::span<const Image> component_images,
                     Shape first) {
  const Observation& observation = task.observation;
  Image data = observation.data;
  Image model = fit.model;
  const Image sky = sky_image(fit.components, component_images, model.shape());
  for (std::size_t i = 0; i < model.size(); ++i) {
    data.data()[i] -= sky.data()[i];
    model.data()[i] -= sky.data()[i];
  }
  const PixelMap& map = task.pixels;
  BandLight light{
      on_first_grid(data.view(), observation.used, map, first), on_first_grid(model.view(), {}, map, first),
      on_first_grid(residual_in_sigma(observation, fit.model).view(), observation.used, map, first)};
  double total = 0.0;
  for (const double value : light.model.pixels()) total += std::isfinite(value) ? value : 0.0;
  const double unit = total > 0.0 ? static_cast<double>(first.size()) / total : 1.0;
  scale(light.data, unit);
  scale(light.model, unit);
  const auto sigmas = observation.sigma.pixels();
  light.noise = unit * quantile({sigmas.begin(), sigmas.end()}, 0.25);
  return light;
}

Channels channels_of(const std::vector<BandLight>& bands, const ColorBands& chosen, Image BandLight::* kind) {
  Channels channels;
  for (std::size_t c = 0; c < 3; ++c) channels[c] = bands[chosen.place[c]].*kind;
  if (chosen.mean_is_green) {
    for (std::size_t i = 0; i < channels[1].size(); ++i)
      channels[1].data()[i] = 0.5 * (channels[0].data()[i] + channels[2].data()[i]);
  }
  return channels;
}

template <typename Color>
Picture paint_channels(const Channels& channels, const Color& color) {
  Channels small;
  for (std::size_t c = 0; c < 3; ++c) small[c] = shrink(channels[c].view(), {});
  Picture picture(small[0].nx(), small[0].ny());
  for (int row = 0; row < picture.height(); ++row) {
    for (int col = 0; col < picture.width(); ++col) {
      const std::array<double, 3> light{small[0](row, col), small[1](row, col), small[2](row, col)};
      picture.at(picture.height() - 1 - row, col) = color(light);
    }
  }
  return picture;
}

Rgb deviation_color(const std::array<double, 3>& sigmas, double limit) {
  Rgb color{};
  for (std::size_t c = 0; c < 3; ++c) {
    if (std::isnan(sigmas[c])) return kMasked;
    color[c] = channel(0.5 + 0.5 * sigmas[c] / limit);
  }
  return color;
}

double deviation_limit(const Channels& channels) {
  double limit = 0.0;
  for (const Image& image : channels) {
    std::vector<std::uint8_t> used;
    for (const double value : image.pixels()) used.push_back(std::isfinite(value) ? 1 : 0);
    limit = std::max(limit, residual_limit(image.view(), used));
  }
  return limit;
}

/// Of intensities that are painted: linear near the noise, full above all but the brightest pixels.
struct Stretch {
  double pedestal;  ///< added to each, so that the noise of the sky is seen
  double softening;
  double high;
};

Stretch stretch_of(const Channels& data, const std::vector<BandLight>& bands, const ColorBands& chosen) {
  double variance = 0.0;
  for (const std::size_t place : chosen.place) variance += bands[place].noise * bands[place].noise / 9.0;
  std::vector<double> means;
  for (std::size_t i = 0; i < data[0].size(); ++i)
    means.push_back((data[0].data()[i] + data[1].data()[i] + data[2].data()[i]) / 3.0);
  const double peak = quantile(means, 0.9995);
  const double noise = variance > 0.0 ? std::sqrt(variance) : 1e-3 * std::abs(peak);
  const double pedestal = 2.0 * noise;
  const double softening = std::max(4.0 * noise, 1e-300);
  return {pedestal, softening, std::max(peak + pedestal, 5.0 * softening)};
}

}  // namespace

ColorBands color_bands(const Task& task) {
  const std::vector<const TaskImage*> images = images_of(task);
  std::vector<std::size_t> order(images.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return images[i]->wavelength; });
  const std::size_t blue = order.front();
  const std::size_t red = order.back();
  if (order.size() == 2) return {{red, red, blue}, true};
  const double middle = 0.5 * (images[blue]->wavelength + images[red]->wavelength);
  const auto green = std::min_element(order.begin() + 1, order.end() - 1, [&](std::size_t a, std::size_t b) {
    return std::abs(images[a]->wavelength - middle) < std::abs(images[b]->wavelength - middle);
  });
  return {{red, *green, blue}, false};
}

Image on_first_grid(ConstImageView image, std::span<const std::uint8_t> used, const PixelMap& from_first,
                    Shape first) {
  Image mapped(first, kNaN);
  for (int row = 0; row < first.ny; ++row) {
    for (int col = 0; col < first.nx; ++col) {
      const double x = std::round(from_first.x(col, row));
      const double y = std::round(from_first.y(col, row));
      if (!(x >= 0.0 && y >= 0.0 && x < image.nx() && y < image.ny())) continue;
      const int there_row = static_cast<int>(y);
      const int there_col = static_cast<int>(x);
      const auto i = static_cast<std::size_t>(there_row) * static_cast<std::size_t>(image.nx()) +
                     static_cast<std::size_t>(there_col);
      if (used.empty() || used[i]) mapped(row, col) = image(there_row, there_col);
    }
  }
  return mapped;
}

Rgb lupton_color(const std::array<double, 3>& light, double softening, double high) {
  const double mean = (light[0] + light[1] + light[2]) / 3.0;
  if (std::isnan(mean)) return kMasked;
  if (!(mean > 0.0)) return {0, 0, 0};
  double factor = std::asinh(mean / softening) / std::asinh(high / softening) / mean;
  const double brightest = factor * *std::ranges::max_element(light);
  if (brightest > 1.0) factor /= brightest;
  return {channel(factor * light[0]), channel(factor * light[1]), channel(factor * light[2])};
}

std::vector<ImagePanel> color_panels(const Task& task, const FitResult& result,
                                     std::span<const std::vector<Image>> component_images) {
  const std::vector<const TaskImage*> images = images_of(task);
  if (images.size() < 2) return {};
  const Shape first = task.shape;
  std::vector<BandLight> bands;
  for (std::size_t b = 0; b < images.size(); ++b)
    bands.push_back(band_light(*images[b], result.bands[b], component_images[b], first));
  const ColorBands chosen = color_bands(task);
  const Channels data = channels_of(bands, chosen, &BandLight::data);
  const Channels deviations = channels_of(bands, chosen, &BandLight::deviation);
  const Stretch stretch = stretch_of(data, bands, chosen);
  const auto color = [&](std::array<double, 3> light) {
    for (double& value : light) value += stretch.pedestal;
    return lupton_color(light, stretch.softening, stretch.high);
  };
  const double limit = deviation_limit(deviations);
  const auto deviation = [&](const std::array<double, 3>& sigmas) { return deviation_color(sigmas, limit); };
  const auto panel = [&](const char* id, std::string title, Picture picture) {
    return ImagePanel{id, std::move(title), std::move(picture), first, task.placement, nullptr, {}, "", {}};
  };
  return {panel("color-data", "Data in colour", paint_channels(data, color)),
          panel("color-model", "Model in colour",
                paint_channels(channels_of(bands, chosen, &BandLight::model), color)),
          panel("color-residual", fmt::format("Residual in colour, ±{:g} σ", limit),
                paint_channels(deviations, deviation))};
}

}  // namespace gaxel::io::report
