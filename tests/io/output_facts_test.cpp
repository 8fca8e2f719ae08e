#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "io/header_facts.hpp"
#include "io/pixel_summary.hpp"
#include "output_fixture.hpp"

namespace gaxel::io {
namespace {

using testing_support::card;

TEST(HeaderFacts, PixelScaleOfARotatedMatrix) {
  const double step = 0.05 / 3600.0;
  const auto number = [](const char* name, double value) {
    char text[80];
    std::snprintf(text, sizeof text, "%-8s= %.16E", name, value);
    return card(text);
  };
  const HeaderCards header = {card("CTYPE1  = 'RA---TAN'"), number("CD1_1", -step * std::cos(0.6)),
                              number("CD1_2", step * std::sin(0.6)), number("CD2_1", step * std::sin(0.6)),
                              number("CD2_2", step * std::cos(0.6))};
  EXPECT_NEAR(pixel_scale_arcsec(header).value(), 0.05, 1e-13);
}

TEST(HeaderFacts, PixelScaleOfSteps) {
  const HeaderCards header = {card("CTYPE1  = 'GLON-CAR'"), card("CDELT1  = -2.0E-4"),
                              card("CDELT2  = 4.5E-4")};
  EXPECT_NEAR(pixel_scale_arcsec(header).value(), 3600.0 * 3.0e-4, 1e-12);
}

TEST(HeaderFacts, NoScaleWithoutCelestialAxes) {
  EXPECT_FALSE(pixel_scale_arcsec(HeaderCards{}));
  EXPECT_FALSE(
      pixel_scale_arcsec({card("CTYPE1  = 'LINEAR'"), card("CDELT1  = 2.0"), card("CDELT2  = 1.0")}));
  EXPECT_FALSE(pixel_scale_arcsec(HeaderCards{card("CTYPE1  = 'RA---TAN'")}));
}

TEST(HeaderFacts, AbZeroPoints) {
  // WFC3/IR F105W: the instrument handbook's table gives 26.2689 for these keywords.
  const HeaderCards hubble = {card("PHOTFLAM= 3.0386574E-20"), card("PHOTPLAM= 10551.047")};
  EXPECT_NEAR(ab_zeropoint(hubble).value(), 26.269, 5e-4);
  // JWST's documentation: -6.10 - 2.5 log10(PIXAR_SR).
  const HeaderCards webb = {card("PIXAR_SR= 2.29E-14")};
  EXPECT_NEAR(ab_zeropoint(webb).value(), -6.10 - 2.5 * std::log10(2.29e-14), 5e-3);
  EXPECT_FALSE(ab_zeropoint({card("PHOTFLAM= 0.0"), card("PHOTPLAM= 10551.047")}));
}

TEST(PixelSummary, OfKnownPixels) {
  Image image({2, 4});
  const double values[] = {-1.0,
                           0.0,
                           3.0,
                           std::numeric_limits<double>::quiet_NaN(),
                           7.0,
                           2.0,
                           std::numeric_limits<double>::infinity(),
                           1.0};
  for (std::size_t i = 0; i < 8; ++i) image.data()[i] = values[i];
  const PixelSummary summary = summarise(image.view());
  EXPECT_EQ(summary.n_finite, 6);
  EXPECT_EQ(summary.n_nan, 2);
  EXPECT_EQ(summary.n_negative, 1);
  EXPECT_EQ(summary.n_zero, 1);
  EXPECT_EQ(summary.min, -1.0);
  EXPECT_EQ(summary.max, 7.0);
  EXPECT_EQ(summary.median, 1.5);
  EXPECT_EQ(summary.sum, 12.0);
  EXPECT_EQ(summary.peak_row, 1);
  EXPECT_EQ(summary.peak_col, 0);
  // Distances from 1.5: 0.5 0.5 1.5 1.5 2.5 5.5.
  EXPECT_NEAR(summary.noise, 1.4826 * 1.5, 1e-4);
}

TEST(PixelSummary, OfNothing) {
  const PixelSummary summary = summarise(Image({2, 2}, std::numeric_limits<double>::quiet_NaN()).view());
  EXPECT_EQ(summary.n_finite, 0);
  EXPECT_EQ(summary.n_nan, 4);
  EXPECT_EQ(summary.max, 0.0);
}

}  // namespace
}  // namespace gaxel::io
