#include "io/report/color_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

namespace gaxel::io::report {
namespace {

double to_linear(std::uint8_t channel) {
  const double c = channel / 255.0;
  return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

std::uint8_t from_linear(double c) {
  const double coded = c <= 0.0031308 ? 12.92 * c : 1.055 * std::pow(c, 1.0 / 2.4) - 0.055;
  return static_cast<std::uint8_t>(std::lround(255.0 * std::clamp(coded, 0.0, 1.0)));
}

// Hue and chroma follow the anchors; lightness runs straight from the first to the last, which keeps equal
// steps of the data equal steps to the eye.
OkLab along(std::span<const OkLab> anchors, double t) {
  const double position = t * static_cast<double>(anchors.size() - 1);
  const auto k = std::min(static_cast<std::size_t>(position), anchors.size() - 2);
  const double w = position - static_cast<double>(k);
  return {std::lerp(anchors.front().lightness, anchors.back().lightness, t),
          std::lerp(anchors[k].a, anchors[k + 1].a, w), std::lerp(anchors[k].b, anchors[k + 1].b, w)};
}

}  // namespace

OkLab to_oklab(Rgb color) {
  const double r = to_linear(color[0]);
  const double g = to_linear(color[1]);
  const double b = to_linear(color[2]);
  // Matrices of Ottosson's definition of OKLab.
  const double l = std::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const double m = std::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const double s = std::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return {0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
          1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
          0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}

Rgb to_rgb(OkLab color) {
  const double l = std::pow(color.lightness + 0.3963377774 * color.a + 0.2158037573 * color.b, 3);
  const double m = std::pow(color.lightness - 0.1055613458 * color.a - 0.0638541728 * color.b, 3);
  const double s = std::pow(color.lightness - 0.0894841775 * color.a - 1.2914855480 * color.b, 3);
  return {from_linear(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
          from_linear(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
          from_linear(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)};
}

const ColorMap& ColorMap::sequential() {
  static const ColorMap map = [] {
    const std::array anchors = {to_oklab({8, 10, 30}), to_oklab({52, 34, 110}), to_oklab({160, 50, 110}),
                                to_oklab({240, 140, 70}), to_oklab({253, 247, 215})};
    std::array<Rgb, kSize> colors;
    for (int i = 0; i < kSize; ++i) colors[i] = to_rgb(along(anchors, i / (kSize - 1.0)));
    return ColorMap(colors);
  }();
  return map;
}

const ColorMap& ColorMap::diverging() {
  static const ColorMap map = [] {
    constexpr OkLab kWhite = {0.975, 0.0, 0.0};
    const double dark = to_oklab({22, 60, 140}).lightness;
    const OkLab blue_mid = to_oklab({90, 150, 225});
    const OkLab red_mid = to_oklab({235, 120, 90});
    OkLab blue_end = to_oklab({22, 60, 140});
    OkLab red_end = to_oklab({150, 20, 30});
    blue_end.lightness = red_end.lightness = dark;
    const std::array cold = {kWhite, blue_mid, blue_end};
    const std::array warm = {kWhite, red_mid, red_end};
    std::array<Rgb, kSize> colors;
    for (int i = 0; i < kSize; ++i) {
      const double t = 2.0 * i / (kSize - 1.0) - 1.0;
      colors[i] = to_rgb(along(t < 0.0 ? cold : warm, std::abs(t)));
    }
    return ColorMap(colors);
  }();
  return map;
}

Rgb ColorMap::operator()(double t) const {
  if (std::isnan(t)) return kMasked;
  return colors_[static_cast<std::size_t>(std::lround(std::clamp(t, 0.0, 1.0) * (kSize - 1)))];
}

std::string css_color(Rgb color) {
  return fmt::format("#{:02x}{:02x}{:02x}", color[0], color[1], color[2]);
}

}  // namespace gaxel::io::report
