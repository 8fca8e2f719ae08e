// Pixels of a search are as exact as the noise asks for, and the answer is that of exact pixels.
#include "fit/noise_tolerance.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "fit/fit_support.hpp"

namespace gaxel {
namespace {

constexpr Shape kShape{60, 64};

Psf round_psf() {
  Image kernel(Shape{15, 15});
  for (int row = 0; row < 15; ++row) {
    for (int col = 0; col < 15; ++col) {
      const double r2 = (row - 7.0) * (row - 7.0) + (col - 7.0) * (col - 7.0);
      kernel(row, col) = std::exp(-0.5 * r2 / 2.2);
    }
  }
  return Psf(kernel);
}

// Two galaxies and a sky, with photon noise.
std::vector<Component> truth() {
  return {{&component_kind("sersic"), {31.2, 28.7, 60000.0, 6.0, 3.4, 0.5, 0.4}},
          {&component_kind("sersic"), {12.4, 40.1, 3000.0, 3.0, 1.0, 0.7, -0.5}},
          {&component_kind("sky"), {20.0, 0.0, 0.0, 30.0, 30.0}}};
}

Observation noisy_observation() {
  Observation observation;
  observation.psfs = {round_psf()};
  observation.data = Image(kShape);
  MultiPsfRenderer(kShape, observation.psfs, {{1e-9, 1e-12}, false, 1})
      .render(truth(), observation.data.view());
  observation.sigma = Image(kShape);
  for (std::size_t k = 0; k < kShape.size(); ++k) {
    observation.sigma.data()[k] = std::sqrt(observation.data.data()[k]);
  }
  observation.used.assign(kShape.size(), 1);
  test::add_noise(observation, 3);
  return observation;
}

Scene scene() {
  Scene made;
  made.components = {test::component("sersic", {31.0, 29.0, 50000.0, 5.0, 2.5, 0.6, 0.5}, "large"),
                     test::component("sersic", {12.0, 40.0, 4000.0, 2.5, 1.5, 0.8, -0.3}, "small"),
                     test::flat_sky(15.0)};
  return made;
}

TEST(FitTolerances, KeepPixelsWithinAThousandthOfTheNoise) {
  const Observation observation = noisy_observation();
  const FitTolerances tolerances = fit_tolerances(observation, {});
  EXPECT_GT(tolerances.search.floor, 0.0);
  EXPECT_EQ(tolerances.final.floor, 0.0);
  Image exact(kShape);
  Renderer(kShape, std::nullopt, {{1e-10, 1e-13}, false, 1}).render(truth(), exact.view());
  const auto evaluations_of = [&](const Tolerance& tolerance) {
    Image image(kShape);
    const Certificate certificate =
        Renderer(kShape, std::nullopt, {tolerance, false, 1}).render(truth(), image.view());
    for (std::size_t k = 0; k < kShape.size(); ++k) {
      EXPECT_LE(std::abs(image.data()[k] - exact.data()[k]), 1e-3 * observation.sigma.data()[k]);
    }
    return certificate.n_evaluations;
  };
  EXPECT_LT(evaluations_of(tolerances.search), evaluations_of(tolerances.final));
}

// Where a pixel is known to better than the default tolerance, that is made finer.
TEST(FitTolerances, FollowVeryBrightPixels) {
  Observation observation = noisy_observation();
  for (double& sigma : observation.sigma.pixels()) sigma *= 1e-6;
  const FitTolerances tolerances = fit_tolerances(observation, {});
  EXPECT_LT(tolerances.final.rtol, 1e-9);
  EXPECT_LT(tolerances.final.atol, 1e-11);
  FitOptions off;
  off.noise_share = 0.0;
  EXPECT_EQ(fit_tolerances(observation, off).search.floor, 0.0);
  EXPECT_EQ(fit_tolerances(observation, off).final.rtol, off.tolerance.rtol);
}

TEST(FitTolerances, MoveNoParameterByAHundredthOfItsError) {
  const Observation observation = noisy_observation();
  FitOptions exact;
  exact.noise_share = 0.0;
  exact.tolerance = {1e-9, 1e-12};
  const FitResult wanted = fit(observation, scene(), exact);
  FitOptions coarse;
  coarse.tolerance = {1e-6, 1e-9};
  const FitResult found = fit(observation, scene(), coarse);
  EXPECT_EQ(found.stop_reason, StopReason::kConverged);
  EXPECT_NEAR(found.chi2, wanted.chi2, 1e-6 * wanted.chi2);
  for (std::size_t c = 0; c < 3; ++c) {
    const auto& parameters = found.scene.components[c].parameters;
    for (std::size_t p = 0; p < parameters.size(); ++p) {
      if (!parameters[p].free) continue;
      const double error = wanted.errors[c][p];
      ASSERT_GT(error, 0.0);
      EXPECT_NEAR(parameters[p].value, wanted.scene.components[c].parameters[p].value, 0.01 * error)
          << c << " " << p;
    }
  }
}

}  // namespace
}  // namespace gaxel
