#include "io/report/color_map.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace gaxel::io::report {
namespace {

// CIE 1976 lightness of an sRGB colour, from its relative luminance: independent of OKLab.
double cie_lightness(Rgb color) {
  const auto linear = [](int channel) {
    const double c = channel / 255.0;
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  const double y = 0.2126 * linear(color[0]) + 0.7152 * linear(color[1]) + 0.0722 * linear(color[2]);
  return y > 216.0 / 24389.0 ? 116.0 * std::cbrt(y) - 16.0 : y * 24389.0 / 27.0;
}

int distance(Rgb a, Rgb b) {
  int sum = 0;
  for (std::size_t k = 0; k < 3; ++k) sum += std::abs(int{a[k]} - int{b[k]});
  return sum;
}

TEST(OkLab, PublishedColours) {
  // White, black and the sRGB primaries as tabled for CSS Color 4 (rounded to 3 digits).
  struct Row {
    Rgb color;
    OkLab lab;
  };
  for (const auto& [color, lab] :
       {Row{{255, 255, 255}, {1.0, 0.0, 0.0}}, Row{{0, 0, 0}, {0.0, 0.0, 0.0}},
        Row{{255, 0, 0}, {0.628, 0.225, 0.126}}, Row{{0, 255, 0}, {0.866, -0.234, 0.179}},
        Row{{0, 0, 255}, {0.452, -0.032, -0.312}}}) {
    const OkLab found = to_oklab(color);
    EXPECT_NEAR(found.lightness, lab.lightness, 6e-4);
    EXPECT_NEAR(found.a, lab.a, 6e-4);
    EXPECT_NEAR(found.b, lab.b, 6e-4);
  }
}

TEST(OkLab, ThereAndBack) {
  for (int r = 0; r < 256; r += 17) {
    for (int g = 0; g < 256; g += 17) {
      for (int b = 0; b < 256; b += 17) {
        const Rgb color = {static_cast<std::uint8_t>(r), static_cast<std::uint8_t>(g),
                           static_cast<std::uint8_t>(b)};
        EXPECT_EQ(to_rgb(to_oklab(color)), color);
      }
    }
  }
}

TEST(ColorMap, SequentialRisesInLightnessEvenly) {
  const ColorMap& map = ColorMap::sequential();
  const double first = cie_lightness(map(0.0));
  const double last = cie_lightness(map(1.0));
  EXPECT_LT(first, 10.0);
  EXPECT_GT(last, 92.0);
  double before = first;
  for (int i = 1; i <= 64; ++i) {
    const double lightness = cie_lightness(map(i / 64.0));
    EXPECT_GT(lightness, before);
    EXPECT_LT(lightness - before, 3.0 * (last - first) / 64.0);
    before = lightness;
  }
}

TEST(ColorMap, DivergingIsWhiteInTheMiddleAndMirrorsItsLightness) {
  const ColorMap& map = ColorMap::diverging();
  EXPECT_GT(cie_lightness(map(0.5)), 95.0);
  for (double t = 0.0; t < 0.5; t += 0.02) {
    EXPECT_NEAR(to_oklab(map(t)).lightness, to_oklab(map(1.0 - t)).lightness, 0.02) << t;
  }
  EXPECT_GT(map(0.1)[2], map(0.1)[0]) << "negative residuals are blue";
  EXPECT_GT(map(0.9)[0], map(0.9)[2]) << "positive residuals are red";
}

TEST(ColorMap, MaskedIsNoColourOfEitherMap) {
  for (const ColorMap* map : {&ColorMap::sequential(), &ColorMap::diverging()}) {
    EXPECT_EQ((*map)(std::numeric_limits<double>::quiet_NaN()), kMasked);
    for (int i = 0; i < ColorMap::kSize; ++i) EXPECT_GT(distance((*map)(i / 255.0), kMasked), 40) << i;
  }
}

TEST(ColorMap, ClipsOutsideItsRange) {
  const ColorMap& map = ColorMap::sequential();
  EXPECT_EQ(map(-5.0), map(0.0));
  EXPECT_EQ(map(std::numeric_limits<double>::infinity()), map(1.0));
}

TEST(ColorMap, CssNotation) {
  EXPECT_EQ(css_color({255, 0, 10}), "#ff000a");
}

}  // namespace
}  // namespace gaxel::io::report
