#include "gaxel/fit.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "fit/fit_support.hpp"

namespace gaxel {
namespace {

using test::error;
using test::flag;
using test::Galaxy;
using test::value;

constexpr Shape kShape{44, 48};
constexpr Galaxy kTruth{24.3, 21.8, 5000.0, 5.0, 0.6, 0.7};
constexpr double kSky = 12.0;

Image truth_image(const Galaxy& galaxy = kTruth) {
  Image data(kShape, kSky);
  test::add_gaussian(data, galaxy);
  return data;
}

Scene scene_from(const Galaxy& start, double sky = 0.0) {
  Scene scene;
  scene.components = {test::gaussian(start), test::flat_sky(sky)};
  return scene;
}

void expect_truth(const FitResult& result, const Galaxy& truth, double tolerance, double unit = 1.0) {
  EXPECT_NEAR(value(result, 0, Role::kX), truth.x, tolerance);
  EXPECT_NEAR(value(result, 0, Role::kY), truth.y, tolerance);
  EXPECT_NEAR(value(result, 0, Role::kFlux) / (unit * truth.flux), 1.0, tolerance);
  EXPECT_NEAR(value(result, 0, Role::kRe), truth.re, tolerance);
  EXPECT_NEAR(value(result, 0, Role::kQ), truth.q, tolerance);
  EXPECT_NEAR(test::turn(value(result, 0, Role::kTheta), truth.theta), 0.0, tolerance);
  EXPECT_NEAR(value(result, 1, Role::kLevel) / unit, kSky, tolerance);
}

TEST(Fit, RecoversTheTruthFromPoorStarts) {
  const Observation observation = test::observe(truth_image(), 1.0);
  for (const double size : {0.5, 2.0, 5.0}) {
    for (const double turned : {0.0, 0.8, M_PI / 2}) {
      for (const double q : {0.2, 0.6, 1.0}) {
        const Scene scene = scene_from({23.0, 23.0, 100.0, size * kTruth.re, q, kTruth.theta + turned}, -5.0);
        const FitResult result = fit(observation, scene);
        SCOPED_TRACE(testing::Message() << size << " " << turned << " " << q);
        EXPECT_EQ(result.stop_reason, StopReason::kConverged);
        expect_truth(result, kTruth, 1e-5);
        EXPECT_LT(result.chi2, 1e-6);
        EXPECT_GT(result.chi2_start, 1e4);
      }
    }
  }
}

TEST(Fit, EstimatesWhatIsNotGiven) {
  const Observation observation = test::observe(truth_image(), 0.1);
  const double nan = test::kNan;
  const FitResult result = fit(observation, scene_from({nan, nan, nan, nan, nan, nan}, nan));
  expect_truth(result, kTruth, 1e-5);
}

TEST(Fit, TellsTheSameInAnyUnit) {
  for (const double unit : {1e-12, 1e4}) {
    Image data = truth_image();
    for (double& pixel : data.pixels()) pixel *= unit;
    const Observation observation = test::observe(std::move(data), 0.3 * unit);
    const FitResult result = fit(observation, scene_from({23.0, 23.0, 300.0 * unit, 9.0, 0.9, 0.1}, unit));
    expect_truth(result, kTruth, 1e-5, unit);
  }
}

TEST(Fit, ThroughAPsf) {
  // Round Gaussians: the squares of their sizes add up.
  Image kernel({31, 31});
  test::add_gaussian(kernel, {15.0, 15.0, 1.0, 3.0, 1.0, 0.0});
  Galaxy blurred = kTruth;
  blurred.q = 1.0;
  Observation observation = test::observe(truth_image(blurred), 1.0);
  observation.psfs.emplace_back(std::move(kernel));
  const FitResult result = fit(observation, scene_from({24.0, 22.0, 3000.0, 2.0, 0.7, 0.0}));
  EXPECT_NEAR(value(result, 0, Role::kFlux) / kTruth.flux, 1.0, 1e-3);
  EXPECT_NEAR(value(result, 0, Role::kRe), 4.0,
              0.02);  // the PSF holds the pixel: a pixel's size is in it twice
  EXPECT_GT(value(result, 0, Role::kQ), 0.995);
}

TEST(Fit, ErrorsAreTheScatterOfManyFits) {
  // Pulls of 60 noisy copies: mean 0 and scatter 1 within 4 standard deviations.
  constexpr int kCopies = 60;
  std::vector<double> sum(7, 0.0);
  std::vector<double> squares(7, 0.0);
  for (unsigned copy = 0; copy < kCopies; ++copy) {
    Observation observation = test::observe(truth_image(), 3.0);
    test::add_noise(observation, 100 + copy);
    const FitResult result = fit(observation, scene_from(kTruth, kSky));
    const std::vector<std::pair<Role, double>> truth{
        {Role::kX, kTruth.x},   {Role::kY, kTruth.y}, {Role::kFlux, kTruth.flux},
        {Role::kRe, kTruth.re}, {Role::kQ, kTruth.q}, {Role::kTheta, kTruth.theta}};
    for (std::size_t k = 0; k <= truth.size(); ++k) {
      const double pull =
          k < truth.size()
              ? (value(result, 0, truth[k].first) - truth[k].second) / error(result, 0, truth[k].first)
              : (value(result, 1, Role::kLevel) - kSky) / error(result, 1, Role::kLevel);
      sum[k] += pull;
      squares[k] += pull * pull;
    }
    EXPECT_NEAR(result.chi2 / static_cast<double>(result.dof), 1.0, 0.15);
  }
  for (std::size_t k = 0; k < sum.size(); ++k) {
    EXPECT_LT(std::abs(sum[k] / kCopies), 4.0 / std::sqrt(kCopies)) << k;
    EXPECT_NEAR(std::sqrt(squares[k] / kCopies), 1.0, 4.0 / std::sqrt(2.0 * kCopies)) << k;
  }
}

TEST(Fit, AccountsForPixelsAndParameters) {
  Observation observation = test::observe(truth_image(), 1.0);
  test::add_noise(observation, 7);
  for (std::size_t i = 0; i < 100; ++i) {
    observation.used[i] = 0;
    observation.data.data()[i] = test::kNan;
    observation.sigma.data()[i] = 0.0;
  }
  int calls = 0;
  const FitResult result =
      fit(observation, scene_from(kTruth, kSky), {}, [&](const FitProgress&) { return ++calls > 0; });
  EXPECT_EQ(result.n_pixels, static_cast<std::int64_t>(kShape.size()) - 100);
  EXPECT_EQ(result.dof, result.n_pixels - 7);
  EXPECT_EQ(result.covariance.size(), 49U);
  EXPECT_EQ(calls, result.iterations + 1);
  EXPECT_GE(result.evaluations, result.iterations);
  EXPECT_FALSE(result.message.empty());
  // chi2 is that of the model returned.
  double chi2 = 0.0;
  for (std::size_t i = 100; i < kShape.size(); ++i) {
    chi2 += std::pow(result.bands.front().model.data()[i] - observation.data.data()[i], 2);
  }
  EXPECT_NEAR(result.chi2, chi2, 1e-4 * chi2);
  EXPECT_EQ(result.bands.front().certificate.n_over, 0);
  EXPECT_EQ(result.bands.front().certificate.bound.shape(), kShape);
  // Errors are the diagonal of the covariance, in the scene's order.
  EXPECT_DOUBLE_EQ(error(result, 0, Role::kX), std::sqrt(result.covariance[0]));
  EXPECT_DOUBLE_EQ(error(result, 1, Role::kLevel), std::sqrt(result.covariance[48]));
  EXPECT_TRUE(std::isnan(error(result, 1, Role::kSlopeX)));
  EXPECT_EQ(value(result, 1, Role::kSlopeX), 0.0);
}

TEST(Fit, FixedParametersStay) {
  const Observation observation = test::observe(truth_image(), 1.0);
  Scene scene = scene_from({23.0, 23.0, 100.0, 7.0, 0.8, 0.2});
  scene.components[0].parameter(Role::kRe).free = false;
  scene.components[0].parameter(Role::kTheta).free = false;
  const FitResult result = fit(observation, scene);
  EXPECT_EQ(value(result, 0, Role::kRe), 7.0);
  EXPECT_EQ(value(result, 0, Role::kTheta), 0.2);
  EXPECT_TRUE(std::isnan(error(result, 0, Role::kRe)));
  EXPECT_EQ(result.covariance.size(), 25U);
}

TEST(Fit, FluxesAndSkyAloneNeedNoSearch) {
  const Observation observation = test::observe(truth_image(), 1.0);
  Scene scene = scene_from(kTruth);
  for (const Role role : {Role::kX, Role::kY, Role::kRe, Role::kQ, Role::kTheta}) {
    scene.components[0].parameter(role).free = false;
  }
  scene.components[0].parameter(Role::kFlux).value = 1.0;
  const FitResult result = fit(observation, scene);
  expect_truth(result, kTruth, 1e-6);
  EXPECT_EQ(result.stop_reason, StopReason::kConverged);
  EXPECT_EQ(result.iterations, 0);
}

TEST(Fit, ABoundThatHoldsIsAsGoodAsAFixedValue) {
  Observation observation = test::observe(truth_image(), 1.0);
  test::add_noise(observation, 8);
  const std::vector<std::pair<Role, std::pair<double, double>>> limits{
      {Role::kRe, {5.5, 9.0}},     {Role::kRe, {1.0, 4.5}},  {Role::kQ, {0.65, 1.0}},
      {Role::kQ, {0.1, 0.5}},      {Role::kX, {25.0, 30.0}}, {Role::kTheta, {0.9, 1.4}},
      {Role::kFlux, {0.0, 4800.0}}};
  for (const auto& [role, range] : limits) {
    SCOPED_TRACE(testing::Message() << "role " << static_cast<int>(role) << " to " << range.second);
    const Role limited = role;
    const auto truth = [&] {
      switch (limited) {
        case Role::kRe:
          return kTruth.re;
        case Role::kQ:
          return kTruth.q;
        case Role::kX:
          return kTruth.x;
        case Role::kTheta:
          return kTruth.theta;
        default:
          return kTruth.flux;
      }
    }();
    const double bound = truth < range.first ? range.first : range.second;
    Scene scene = scene_from({24.0, 22.0, 4000.0, 7.0, 0.8, 0.3}, kSky);
    Parameter& parameter = scene.components[0].parameter(role);
    parameter.min = range.first;
    parameter.max = range.second;
    parameter.value = 0.5 * (range.first + range.second);
    const FitResult result = fit(observation, scene);
    EXPECT_EQ(result.stop_reason, StopReason::kConverged);
    EXPECT_NEAR(value(result, 0, role) / bound, 1.0, 1e-12);
    EXPECT_EQ(flag(result, 0, role), ParameterFlag::kAtBound);
    EXPECT_TRUE(std::isnan(error(result, 0, role)));

    Parameter fixed;
    fixed.value = bound;
    fixed.free = false;
    parameter = fixed;
    const FitResult expected = fit(observation, scene);
    EXPECT_NEAR(result.chi2, expected.chi2, 1e-5 * expected.chi2);
    EXPECT_NEAR(error(result, 0, Role::kY), error(expected, 0, Role::kY),
                1e-3 * error(expected, 0, Role::kY));
  }
}

TEST(Fit, LeavesABoundWhereItStarted) {
  const Observation observation = test::observe(truth_image(), 1.0);
  Scene scene = scene_from({24.0, 22.0, 4000.0, 20.0, 0.1, 0.3}, kSky);
  scene.components[0].parameter(Role::kRe).max = 20.0;
  scene.components[0].parameter(Role::kQ).min = 0.1;
  const FitResult result = fit(observation, scene);
  expect_truth(result, kTruth, 1e-5);
  EXPECT_EQ(flag(result, 0, Role::kQ), ParameterFlag::kNone);
}

TEST(Fit, ARoundGalaxyHasNoDirection) {
  Galaxy round = kTruth;
  round.q = 1.0;
  Observation observation = test::observe(truth_image(round), 1.0);
  test::add_noise(observation, 9);
  const FitResult result = fit(observation, scene_from({24.0, 22.0, 4000.0, 7.0, 0.5, 0.3}, kSky));
  EXPECT_EQ(result.stop_reason, StopReason::kConverged);
  EXPECT_GT(value(result, 0, Role::kQ), 0.97);
  EXPECT_LE(value(result, 0, Role::kQ), 1.0);
  EXPECT_NE(flag(result, 0, Role::kQ), ParameterFlag::kAtBound);
  EXPECT_GT(error(result, 0, Role::kQ), 0.0);

  // Without noise there is none at all.
  const FitResult exact =
      fit(test::observe(truth_image(round), 1.0), scene_from({24.0, 22.0, 4000.0, 7.0, 0.5, 0.3}, kSky));
  EXPECT_GT(value(exact, 0, Role::kQ), 1.0 - 1e-4);
  EXPECT_EQ(flag(exact, 0, Role::kTheta), ParameterFlag::kDegenerate);
  EXPECT_TRUE(std::isnan(error(exact, 0, Role::kTheta)));
  EXPECT_NEAR(value(exact, 0, Role::kRe), kTruth.re, 1e-4);
}

TEST(Fit, TwinsAreDegenerate) {
  Observation observation = test::observe(truth_image(), 1.0);
  test::add_noise(observation, 10);
  Scene scene = scene_from({24.0, 22.0, 4000.0, 7.0, 0.5, 0.3}, kSky);
  SceneComponent twin = test::gaussian(kTruth, "twin");
  scene.components[0] = test::gaussian(kTruth);
  for (SceneComponent* component : {&twin, &scene.components[0]}) {
    for (const Role role : {Role::kX, Role::kY, Role::kRe, Role::kQ, Role::kTheta})
      component->parameter(role).free = false;
  }
  scene.components.push_back(twin);
  const FitResult result = fit(observation, scene);
  EXPECT_EQ(flag(result, 0, Role::kFlux), ParameterFlag::kDegenerate);
  EXPECT_EQ(flag(result, 2, Role::kFlux), ParameterFlag::kDegenerate);
  EXPECT_TRUE(std::isnan(error(result, 0, Role::kFlux)));
  EXPECT_GT(error(result, 1, Role::kLevel), 0.0);
  EXPECT_NEAR(value(result, 0, Role::kFlux) + value(result, 2, Role::kFlux), kTruth.flux, 200.0);
}

TEST(Fit, TwoSkiesShareTheSky) {
  Observation observation = test::observe(truth_image(), 1.0);
  test::add_noise(observation, 11);
  Scene scene = scene_from({23.0, 22.5, 4000.0, 6.0, 0.7, 0.5}, 0.0);
  scene.components.push_back(test::flat_sky(0.0));
  scene.components.back().name = "second sky";
  const FitResult result = fit(observation, scene);
  EXPECT_EQ(result.stop_reason, StopReason::kConverged);
  EXPECT_NEAR(value(result, 1, Role::kLevel) + value(result, 2, Role::kLevel), kSky, 0.3);
  for (const std::size_t sky : {1U, 2U}) {
    EXPECT_LT(std::abs(value(result, sky, Role::kLevel)), 2.0 * kSky);
    EXPECT_EQ(flag(result, sky, Role::kLevel), ParameterFlag::kDegenerate);
  }
}

TEST(Fit, AnglesComeBackInTheirRange) {
  const Observation observation = test::observe(truth_image(), 1.0);
  const Scene scene = scene_from({24.0, 22.0, 4000.0, 7.0, 0.8, 0.3 + 4.0 * M_PI}, kSky);
  const FitResult result = fit(observation, scene);
  EXPECT_NEAR(value(result, 0, Role::kTheta), 0.7, 1e-5);
  for (const double low : {2.0, -9.0}) {
    Scene ranged = scene;
    ranged.components[0].parameter(Role::kTheta) = {low + 1.0, true, low, low + 3.5};
    const double theta = value(fit(observation, ranged), 0, Role::kTheta);
    EXPECT_NEAR(test::turn(theta, 0.7), 0.0, 1e-5);
    EXPECT_GE(theta, low);
    EXPECT_LE(theta, low + 3.5);
  }
}

TEST(Fit, CancelledKeepsTheBest) {
  const Observation observation = test::observe(truth_image(), 1.0);
  const Scene scene = scene_from({20.0, 26.0, 100.0, 15.0, 0.9, 2.0});
  double last = 0.0;
  const FitResult result = fit(observation, scene, {}, [&](const FitProgress& progress) {
    last = progress.chi2;
    return progress.iteration < 2;
  });
  EXPECT_EQ(result.stop_reason, StopReason::kCancelled);
  EXPECT_EQ(result.iterations, 2);
  EXPECT_NEAR(result.chi2, last, 1e-9 * last);
  EXPECT_LT(result.chi2, result.chi2_start);
  EXPECT_EQ(result.bands.front().model.shape(), kShape);

  const FitResult at_once = fit(observation, scene, {}, [](const FitProgress&) { return false; });
  EXPECT_EQ(at_once.stop_reason, StopReason::kCancelled);
  EXPECT_EQ(value(at_once, 0, Role::kRe), 15.0);
}

TEST(Fit, CallbackExceptionsPassThrough) {
  const Observation observation = test::observe(truth_image(), 1.0);
  const ProgressCallback callback = [](const FitProgress&) -> bool { throw std::domain_error("stop"); };
  EXPECT_THROW(fit(observation, scene_from(kTruth), {}, callback), std::domain_error);
}

TEST(Fit, StopsAtTheLimitOfIterations) {
  const Observation observation = test::observe(truth_image(), 1.0);
  FitOptions options;
  options.max_iterations = 1;
  const FitResult result = fit(observation, scene_from({20.0, 26.0, 100.0, 15.0, 0.9, 2.0}), options);
  EXPECT_EQ(result.stop_reason, StopReason::kMaxIterations);
  EXPECT_EQ(result.iterations, 1);
}

TEST(Fit, PrintsNothing) {
  const Observation observation = test::observe(truth_image(), 1.0);
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  fit(observation, scene_from({20.0, 26.0, 100.0, 15.0, 0.9, 2.0}));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
}

}  // namespace
}  // namespace gaxel
