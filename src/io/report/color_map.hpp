// Colours for numbers: a sequential and a diverging map, even in perceived lightness.
#pragma once

#include <array>

#include "io/report/png.hpp"

namespace gaxel::io::report {

/// A colour in the OKLab space (B. Ottosson 2020): lightness 0..1 and two opponent axes.
struct OkLab {
  double lightness = 0.0;
  double a = 0.0;
  double b = 0.0;
};

OkLab to_oklab(Rgb color);
/// The nearest colour that sRGB can show (channels clipped).
Rgb to_rgb(OkLab color);

/// 256 colours between 0 and 1.
class ColorMap {
 public:
  static constexpr int kSize = 256;

  /// Night blue over violet and orange to ivory; lightness rises evenly.
  static const ColorMap& sequential();
  /// Blue over white to red; the two halves mirror each other in lightness.
  static const ColorMap& diverging();

  /// The colour at t, clipped to 0..1. NaN gives kMasked.
  Rgb operator()(double t) const;

 private:
  explicit ColorMap(std::array<Rgb, kSize> colors) : colors_(colors) {}

  std::array<Rgb, kSize> colors_;
};

/// Pixels without a value: a grey that neither map contains.
inline constexpr Rgb kMasked = {150, 156, 158};

/// "#rrggbb".
std::string css_color(Rgb color);

}  // namespace gaxel::io::report
