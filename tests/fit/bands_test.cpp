// Fits of several bands, on light that tests::add_gaussian made.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "fit/fit_support.hpp"
#include "gaxel/error.hpp"

namespace gaxel {
namespace {

using test::kNan;
using test::value;
using testing::HasSubstr;

constexpr Shape kShape{48, 52};
constexpr double kSigma = 0.5;

/// A band and its pixels.
struct Made {
  Band band;
  Observation observation;
};

std::vector<Band> views(const std::vector<Made>& made) {
  std::vector<Band> bands;
  for (const Made& one : made) bands.push_back({one.band.name, one.band.frame, &one.observation});
  return bands;
}

Made band_of(const std::string& name, const BandFrame& frame, const test::Galaxy& galaxy, double sky,
             unsigned seed) {
  Image data(kShape, sky);
  test::add_gaussian(data, galaxy);
  Made band{{name, frame}, test::observe(std::move(data), kSigma)};
  if (seed > 0) test::add_noise(band.observation, seed);
  return band;
}

/// A galaxy whose size falls linearly with wavelength, in four bands.
std::vector<Made> four_bands(bool noisy) {
  std::vector<Made> bands;
  const std::vector<double> wavelengths{3543.0, 6231.0, 7625.0, 22010.0};
  const Wavelengths axis(wavelengths);
  unsigned seed = 10;
  for (const double wavelength : wavelengths) {
    const double x = axis.scaled(wavelength);
    const test::Galaxy galaxy{24.3, 22.8, 2000.0 + 500.0 * x, 5.0 - 0.8 * x, 0.6, 0.5};
    bands.push_back(band_of(fmt::format("band{}", bands.size()), {wavelength, 25.0, {}}, galaxy, 1.0 + x,
                            noisy ? ++seed : 0));
  }
  return bands;
}

Parameter unknown(Basis basis, std::size_t n) {
  Parameter parameter;
  parameter.basis = basis;
  parameter.coefficients.assign(n, kNan);
  parameter.free_coefficients.assign(n, 1);
  return parameter;
}

/// Nothing given but the form: one centre and direction, a flux and a sky in each band.
Scene unknown_scene(const Parameter& size, std::size_t n_bands) {
  Scene scene;
  scene.components = {test::component("gaussian", {kNan, kNan, kNan, kNan, kNan, kNan}),
                      test::flat_sky(kNan)};
  scene.components[0].parameter(Role::kRe) = size;
  scene.components[0].parameter(Role::kFlux) = unknown(Basis::kBands, n_bands);
  scene.components[1].parameter(Role::kLevel) = unknown(Basis::kBands, n_bands);
  return scene;
}

TEST(FitOfBands, FindsASizeThatIsASeriesInWavelength) {
  for (const Basis basis : {Basis::kChebyshev, Basis::kBSpline}) {
    const std::vector<Made> bands = four_bands(false);
    const FitResult result = fit(views(bands), unknown_scene(unknown(basis, 2), 4));
    EXPECT_EQ(result.stop_reason, StopReason::kConverged) << result.message;
    const std::vector<double> expected =
        basis == Basis::kChebyshev ? std::vector{5.0, -0.8} : std::vector{5.8, 4.2};
    const Parameter& size = result.scene.components[0].parameter(Role::kRe);
    for (std::size_t i = 0; i < 2; ++i) EXPECT_NEAR(size.coefficients[i], expected[i], 1e-5);
    EXPECT_NEAR(value(result, 0, Role::kX), 24.3, 1e-6);
    EXPECT_NEAR(value(result, 0, Role::kQ), 0.6, 1e-6);
    for (int band = 0; band < 4; ++band) {
      const double x = result.wavelengths.scaled(result.wavelengths[band]);
      const BandFit& own = result.bands[static_cast<std::size_t>(band)];
      EXPECT_NEAR(own.components[0].value(Role::kFlux), 2000.0 + 500.0 * x, 0.01);
      EXPECT_NEAR(own.components[1].value(Role::kLevel), 1.0 + x, 1e-5);
      EXPECT_NEAR(own.components[0].value(Role::kRe), 5.0 - 0.8 * x, 1e-5);
    }
    EXPECT_NEAR(value_at(result, 0, 3, 12776.5).value, 5.0, 1e-5);  // the middle of the range
  }
}

// Where bands share nothing, the joint fit is that of each alone.
TEST(FitOfBands, WithNothingInCommonIsTheFitsOfEach) {
  const std::vector<Made> bands = four_bands(true);
  Scene scene = unknown_scene(unknown(Basis::kBands, 4), 4);
  for (Parameter& parameter : scene.components[0].parameters) parameter = unknown(Basis::kBands, 4);
  const FitResult joint = fit(views(bands), scene);
  Scene single;
  single.components = {test::component("gaussian", {kNan, kNan, kNan, kNan, kNan, kNan}),
                       test::flat_sky(kNan)};
  double chi2 = 0.0;
  for (std::size_t b = 0; b < 4; ++b) {
    const FitResult alone = fit(bands[b].observation, single);
    chi2 += alone.chi2;
    EXPECT_NEAR(joint.bands[b].chi2, alone.chi2, 1e-5 * alone.chi2);
    for (std::size_t i = 0; i < 6; ++i) {
      const double error = alone.errors[0][i];
      EXPECT_NEAR(joint.bands[b].components[0].values[i], alone.bands[0].components[0].values[i],
                  0.02 * error);
      EXPECT_NEAR(joint.bands[b].errors[0][i] / error, 1.0, 1e-3);
    }
  }
  EXPECT_NEAR(joint.chi2, chi2, 1e-5 * chi2);
  EXPECT_EQ(joint.dof, 4 * (48 * 52 - 7));
}

// What is common to bands of equal noise and light has the error of one band over the root of their number.
TEST(FitOfBands, WhatIsCommonIsKnownBetter) {
  std::vector<Made> bands;
  for (unsigned b = 0; b < 4; ++b)
    bands.push_back(
        band_of(fmt::format("{}", b), {5000.0 + b, 25.0, {}}, {24.3, 22.8, 2000.0, 5.0, 0.6, 0.5}, 1.0, 0));
  const FitResult joint = fit(views(bands), unknown_scene(Parameter(), 4));
  const FitResult alone = fit(bands[0].observation, unknown_scene(Parameter(), 1));
  for (const Role role : {Role::kX, Role::kY, Role::kRe, Role::kQ, Role::kTheta})
    EXPECT_NEAR(test::error(joint, 0, role) / test::error(alone, 0, role), 0.5, 1e-3);
  EXPECT_NEAR(joint.free_values[2].error, alone.free_values[2].error, 0.3 * alone.free_values[2].error);
}

TEST(FitOfBands, PixelsMayDifferInScaleAndDirection) {
  const double turn = 0.4;
  const double scale = 0.8;
  const PixelMap map{scale * std::cos(turn),
                     -scale * std::sin(turn),
                     scale * std::sin(turn),
                     scale * std::cos(turn),
                     12.0,
                     -2.0};
  const test::Galaxy galaxy{24.3, 22.8, 2000.0, 5.0, 0.6, 0.5};
  const test::Galaxy other{
      map.x(galaxy.x, galaxy.y), map.y(galaxy.x, galaxy.y), 900.0, 5.0 * scale, 0.6, 0.5 + turn};
  const std::vector<Made> bands{band_of("a", {5000.0, 25.0, {}}, galaxy, 1.0, 0),
                                band_of("b", {6000.0, 25.0, map}, other, 2.0, 0)};
  const FitResult result = fit(views(bands), unknown_scene(Parameter(), 2));
  EXPECT_NEAR(value(result, 0, Role::kX), galaxy.x, 1e-5);
  EXPECT_NEAR(value(result, 0, Role::kRe), galaxy.re, 1e-5);
  EXPECT_NEAR(test::turn(value(result, 0, Role::kTheta), galaxy.theta), 0.0, 1e-5);
  EXPECT_NEAR(result.bands[1].components[0].value(Role::kX), other.x, 1e-5);
  EXPECT_LT(result.chi2, 1e-4);
}

TEST(FitOfBands, AMaskedBandTakesNothingFromTheOthers) {
  std::vector<Made> bands = four_bands(true);
  const std::vector<Made> three(bands.begin(), bands.begin() + 3);
  bands[3].observation.used.assign(kShape.size(), 0);
  const FitResult with = fit(views(bands), unknown_scene(Parameter(), 4));
  const FitResult without = fit(views(three), unknown_scene(Parameter(), 3));
  EXPECT_EQ(with.stop_reason, StopReason::kConverged);
  EXPECT_NEAR(with.chi2, without.chi2, 1e-6 * without.chi2);
  for (const Role role : {Role::kX, Role::kRe, Role::kQ}) {
    EXPECT_NEAR(value(with, 0, role), value(without, 0, role), 0.01 * test::error(without, 0, role));
    EXPECT_NEAR(test::error(with, 0, role) / test::error(without, 0, role), 1.0, 1e-3);
  }
  EXPECT_EQ(with.free_values[5].flag, ParameterFlag::kDegenerate);  // the flux in the last band
  EXPECT_TRUE(std::isnan(with.free_values[5].error));
}

TEST(FitOfBands, TiesAndPriorsCount) {
  const std::vector<Made> bands = four_bands(true);
  Scene scene = unknown_scene(Parameter(), 4);
  Parameter& x = scene.components[0].parameter(Role::kX);
  x.free = false;
  x.tie = Tie{"y + 1.5", {{"y", 0, 1}}};
  Parameter& re = scene.components[0].parameter(Role::kRe);
  const FitResult free = fit(views(bands), scene);
  EXPECT_NEAR(value(free, 0, Role::kX), value(free, 0, Role::kY) + 1.5, 1e-12);
  EXPECT_NEAR(test::error(free, 0, Role::kX) / test::error(free, 0, Role::kY), 1.0, 1e-6);
  // A measurement of the same error halfway: the mean of both, with an error smaller by sqrt 2.
  const double error = test::error(free, 0, Role::kRe);
  re.prior = Prior{value(free, 0, Role::kRe) + 0.5 * error, error, false};
  const FitResult tied = fit(views(bands), scene);
  EXPECT_NEAR(value(tied, 0, Role::kRe), value(free, 0, Role::kRe) + 0.25 * error, 0.01 * error);
  EXPECT_NEAR(test::error(tied, 0, Role::kRe) / error, std::sqrt(0.5), 1e-2);
  EXPECT_NEAR(tied.penalty, 0.25 * 0.25, 0.01);
  EXPECT_EQ(tied.dof, free.dof);
}

TEST(FitOfBands, NamesMustDiffer) {
  std::vector<Made> bands = four_bands(false);
  bands[2].band.name = bands[0].band.name;
  try {
    fit(views(bands), unknown_scene(Parameter(), 4));
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("two bands have the same name"));
  }
}

}  // namespace
}  // namespace gaxel
