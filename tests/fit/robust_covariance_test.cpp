// Errors that do not take sigma at its word, against the scatter of many fits.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>
#include <utility>
#include <vector>

#include "fit/fit_support.hpp"
#include "fit/noise_correlation.hpp"

namespace gaxel {
namespace {

constexpr Shape kShape{40, 40};
constexpr double kSigma = 1.0;
const test::Galaxy kGalaxy{19.7, 20.2, 3000.0, 4.0, 0.7, 0.6};

Image light() {
  Image image(kShape, 5.0);
  test::add_gaussian(image, kGalaxy);
  return image;
}

/// White noise of unit variance, or smoothed over 2 x 2 pixels: neighbours correlate by 1/2, diagonal ones by
/// 1/4.
Image noise(std::mt19937_64& generator, bool smooth) {
  std::normal_distribution<double> normal;
  Image white({kShape.ny + 1, kShape.nx + 1});
  for (double& pixel : white.pixels()) pixel = normal(generator);
  Image result(kShape);
  for (int row = 0; row < kShape.ny; ++row) {
    for (int column = 0; column < kShape.nx; ++column) {
      result(row, column) = smooth ? 0.5 * (white(row, column) + white(row, column + 1) +
                                            white(row + 1, column) + white(row + 1, column + 1))
                                   : white(row, column);
    }
  }
  return result;
}

/// Scatter of the fitted values of a galaxy and mean errors of each kind, over many images; x, flux and re.
struct Scatter {
  std::array<double, 3> found{};
  std::array<double, 3> formal{};
  std::array<double, 3> sandwich{};
  std::array<double, 3> correlated{};
};

Scatter scatter(bool smooth, double given_sigma) {
  constexpr int kTrials = 400;
  constexpr std::array<std::size_t, 3> kWhich{0, 2, 3};
  std::mt19937_64 generator(5);
  const Image truth = light();
  Scatter result;
  for (int trial = 0; trial < kTrials; ++trial) {
    Image data = truth;
    const Image added = noise(generator, smooth);
    for (std::size_t i = 0; i < data.size(); ++i) data.data()[i] += kSigma * added.data()[i];
    const Observation observation = test::observe(std::move(data), given_sigma);
    Scene scene;
    scene.components = {test::gaussian(kGalaxy), test::flat_sky(5.0)};
    FitOptions options;
    options.robust = true;
    const FitResult fitted = fit(observation, scene, options);
    const std::array truths{kGalaxy.x, kGalaxy.flux, kGalaxy.re};
    for (std::size_t k = 0; k < 3; ++k) {
      const double value = fitted.scene.components[0].parameters[kWhich[k]].value;
      result.found[k] += std::pow(value - truths[k], 2) / kTrials;
      result.formal[k] += std::pow(fitted.errors[0][kWhich[k]], 2) / kTrials;
      result.sandwich[k] += std::pow(fitted.robust->sandwich_errors[0][0][kWhich[k]], 2) / kTrials;
      result.correlated[k] += std::pow(fitted.robust->correlated_errors[0][0][kWhich[k]], 2) / kTrials;
    }
  }
  return result;
}

// 400 variances are known to 7 percent.
constexpr double kKnown = 0.2;

TEST(RobustCovariance, OfHonestWhiteNoiseIsTheFormalOne) {
  const Scatter s = scatter(false, kSigma);
  for (std::size_t k = 0; k < 3; ++k) {
    EXPECT_NEAR(s.formal[k] / s.found[k], 1.0, kKnown) << k;
    EXPECT_NEAR(s.sandwich[k] / s.formal[k], 1.0, 0.1) << k;
    EXPECT_NEAR(s.correlated[k] / s.formal[k], 1.0, 0.1) << k;
  }
}

TEST(RobustCovariance, SeesThatSigmaIsWrong) {
  const Scatter s = scatter(false, 0.5 * kSigma);
  for (std::size_t k = 0; k < 3; ++k) {
    EXPECT_NEAR(s.formal[k] / s.found[k], 0.25, 0.25 * kKnown) << k;
    EXPECT_NEAR(s.sandwich[k] / s.found[k], 1.0, kKnown) << k;
    EXPECT_NEAR(s.correlated[k] / s.found[k], 1.0, kKnown) << k;
  }
}

TEST(RobustCovariance, SeesNoiseThatNeighboursShare) {
  const Scatter s = scatter(true, kSigma);
  for (std::size_t k = 0; k < 3; ++k) {
    EXPECT_LT(s.formal[k] / s.found[k], 0.5) << k;
    EXPECT_NEAR(s.correlated[k] / s.found[k], 1.0, kKnown) << k;
  }
}

TEST(NoiseCorrelation, IsThatOfTheNoise) {
  std::mt19937_64 generator(8);
  Image all({kShape.ny, kShape.nx});
  NoiseCorrelation mean;
  for (double& rho : mean.rho) rho = 0.0;
  constexpr int kTrials = 50;
  for (int trial = 0; trial < kTrials; ++trial) {
    const NoiseCorrelation found =
        noise_correlation(noise(generator, true), all, std::vector<std::uint8_t>(kShape.size(), 1));
    for (int dy = -kCorrelationReach; dy <= kCorrelationReach; ++dy) {
      for (int dx = -kCorrelationReach; dx <= kCorrelationReach; ++dx)
        mean.at(dy, dx) += found.at(dy, dx) / kTrials;
    }
  }
  const auto along = [](int d) { return std::abs(d) > 1 ? 0.0 : d == 0 ? 1.0 : 0.5; };
  for (int dy = -kCorrelationReach; dy <= kCorrelationReach; ++dy) {
    for (int dx = -kCorrelationReach; dx <= kCorrelationReach; ++dx)
      EXPECT_NEAR(mean.at(dy, dx), along(dy) * along(dx), 0.03) << dy << ' ' << dx;
  }
}

TEST(NoiseCorrelation, IsMeasuredOffTheLight) {
  Image residual(kShape, 1.0);
  Image light(kShape);
  for (int row = 0; row < kShape.ny; ++row) {
    for (int column = 0; column < 20; ++column) {
      light(row, column) = 50.0;
      residual(row, column) = 100.0;
    }
  }
  const NoiseCorrelation found =
      noise_correlation(residual, light, std::vector<std::uint8_t>(kShape.size(), 1));
  EXPECT_EQ(found.n_pixels, 800);
  EXPECT_DOUBLE_EQ(found.mean_square, 1.0);
}

}  // namespace
}  // namespace gaxel
