#include "gaxel/bands.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "gaxel/error.hpp"

namespace gaxel {
namespace {

using testing::DoubleNear;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

double sum(const std::vector<double>& functions, const std::vector<double>& coefficients) {
  double total = 0.0;
  for (std::size_t i = 0; i < functions.size(); ++i) total += functions[i] * coefficients[i];
  return total;
}

// A file that GALFITM wrote: values in bands and the coefficients of the same parameter.
const Wavelengths kGalfitm({6231.0, 3543.0, 7625.0, 22010.0});

TEST(Wavelengths, ChebyshevSeriesAreThoseOfGalfitm) {
  EXPECT_NEAR(kGalfitm.scaled(6231.0), -0.7088861212, 1e-10);
  EXPECT_NEAR(kGalfitm.scaled(7625.0), -0.5579141171, 1e-10);
  const std::vector<double> mags{20.1089868857, -0.9464823763, 0.6410131143, -0.4035176237};
  const std::vector<double> expected{20.5, 22.1, 20.0, 19.4};
  for (int band = 0; band < 4; ++band) {
    EXPECT_NEAR(sum(kGalfitm.functions_in(band, Basis::kChebyshev, 4), mags),
                expected[static_cast<std::size_t>(band)], 1e-9);
  }
  const std::vector<double> found = kGalfitm.series_through(expected, Basis::kChebyshev, 4);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(found[i], mags[i], 1e-9);
  const std::vector<double> sizes{6.196220285, 6.4, 6.090539882, 5.0};
  EXPECT_THAT(kGalfitm.series_through(sizes, Basis::kChebyshev, 2),
              ElementsAre(DoubleNear(5.7, 1e-8), DoubleNear(-0.7, 1e-8)));
}

TEST(Wavelengths, BSplinesAddUpToOne) {
  for (int n = 1; n < 8; ++n) {
    for (double x = -1.0; x <= 1.0; x += 0.125) {
      const std::vector<double> b = Wavelengths::functions(Basis::kBSpline, n, x);
      EXPECT_NEAR(sum(b, std::vector<double>(b.size(), 1.0)), 1.0, 1e-14);
      EXPECT_THAT(b, Each(testing::Ge(0.0)));
    }
  }
}

// Bernstein's polynomials of degree 3 are the four B-splines without inner knots.
TEST(Wavelengths, FourBSplinesAreBernsteins) {
  const double x = 0.3;
  const double t = 0.5 * (x + 1.0);
  EXPECT_THAT(
      Wavelengths::functions(Basis::kBSpline, 4, x),
      ElementsAre(DoubleNear(std::pow(1.0 - t, 3), 1e-15), DoubleNear(3.0 * t * std::pow(1.0 - t, 2), 1e-15),
                  DoubleNear(3.0 * t * t * (1.0 - t), 1e-15), DoubleNear(t * t * t, 1e-15)));
}

// A cubic with one inner knot: continuous there with its second derivative.
TEST(Wavelengths, BSplinesAreSmoothAtTheirKnots) {
  const std::vector<double> c{1.0, -2.0, 0.5, 3.0, -1.0};
  const auto f = [&](double x) { return sum(Wavelengths::functions(Basis::kBSpline, 5, x), c); };
  const double h = 1e-3;
  const double left = (f(-2.0 * h) - 2.0 * f(-h) + f(0.0)) / (h * h);
  const double right = (f(2.0 * h) - 2.0 * f(h) + f(0.0)) / (h * h);
  EXPECT_NEAR(left, right, 0.1);  // third derivatives of 30 times the distance
  EXPECT_NEAR(f(-1.0), 1.0, 1e-15);
  EXPECT_NEAR(f(1.0), -1.0, 1e-15);
}

TEST(Wavelengths, OutsideTheBandsSeriesGoOn) {
  EXPECT_NEAR(sum(Wavelengths::functions(Basis::kChebyshev, 3, 2.0), {0.0, 0.0, 1.0}), 7.0, 1e-14);
  const auto line = [](double x) { return sum(Wavelengths::functions(Basis::kBSpline, 2, x), {-1.0, 1.0}); };
  EXPECT_NEAR(line(1.5), 1.5, 1e-14);
}

TEST(Wavelengths, AreChecked) {
  for (const double wrong : {0.0, -3.0, std::nan(""), 1.0 / 0.0}) {
    try {
      const Wavelengths bad({5000.0, wrong});
      FAIL() << wrong;
    } catch (const InputError& error) {
      EXPECT_EQ(error.problem().key, "wavelength");
      EXPECT_THAT(error.what(), HasSubstr("positive"));
    }
  }
  EXPECT_EQ(Wavelengths({5000.0, 6000.0, 5000.0}).n_different(), 2);
  EXPECT_EQ(Wavelengths({5000.0, 5000.0}).scaled(5000.0), 0.0);
}

TEST(PixelMap, SimilaritiesTurnAnglesAndScaleLengths) {
  for (const double sign : {1.0, -1.0}) {
    const double turn = 0.7;
    const double scale = 1.7;
    const PixelMap map{scale * std::cos(turn),
                       -sign * scale * std::sin(turn),
                       scale * std::sin(turn),
                       sign * scale * std::cos(turn),
                       3.0,
                       -2.0};
    EXPECT_NEAR(map.scale(), scale, 1e-14);
    EXPECT_NEAR(map.distortion(), 0.0, 1e-14);
    EXPECT_EQ(map.is_mirrored(), sign < 0.0);
    for (const double theta : {-1.2, 0.0, 0.4, 1.5}) {
      const double x = map.x(std::cos(theta), std::sin(theta)) - map.x0;
      const double y = map.y(std::cos(theta), std::sin(theta)) - map.y0;
      EXPECT_NEAR(std::remainder(map.angle(theta) - std::atan2(y, x), 2.0 * M_PI), 0.0, 1e-14);
    }
  }
  EXPECT_NEAR((PixelMap{1.01, 0.0, 0.0, 0.99, 0.0, 0.0}).distortion(), 0.01, 1e-5);
}

}  // namespace
}  // namespace gaxel
