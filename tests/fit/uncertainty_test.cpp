// Profile likelihood, bootstrap and the likelihood itself, against closed forms and brute force.
#include "gaxel/uncertainty.hpp"

#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>

#include "fit/fit_support.hpp"
#include "gaxel/error.hpp"

namespace gaxel {
namespace {

constexpr Shape kShape{32, 32};
const test::Galaxy kGalaxy{15.7, 16.2, 300.0, 3.0, 0.7, 0.6};

Image light(const test::Galaxy& galaxy) {
  Image image(kShape);
  test::add_gaussian(image, galaxy);
  return image;
}

Observation noisy(double sigma, unsigned seed, double sky = 0.0) {
  Image data = light(kGalaxy);
  for (double& pixel : data.pixels()) pixel += sky;
  Observation observation = test::observe(std::move(data), sigma);
  test::add_noise(observation, seed);
  return observation;
}

/// Flux and size are free, and the sky where it is there.
Scene flux_and_size(bool size, bool sky) {
  Scene scene;
  scene.components.push_back(test::gaussian(kGalaxy));
  for (const Role role : {Role::kX, Role::kY, Role::kQ, Role::kTheta})
    scene.components[0].parameter(role).free = false;
  scene.components[0].parameter(Role::kRe).free = size;
  if (sky) scene.components.push_back(test::flat_sky(0.0));
  return scene;
}

std::vector<Band> band_of(const Observation& observation) {
  return {{"", {}, &observation}};
}

Eigen::MatrixXd square(const std::vector<double>& flat) {
  const auto n = static_cast<Eigen::Index>(std::lround(std::sqrt(static_cast<double>(flat.size()))));
  return Eigen::Map<const Eigen::MatrixXd>(flat.data(), n, n);
}

TEST(Profile, OfLinearParametersIsTheirCovariance) {
  const Observation observation = noisy(1.0, 3, 5.0);
  const std::vector<Band> bands = band_of(observation);
  const FitOptions options;
  const FitResult best = fit(bands, flux_and_size(false, true), options);
  for (const double level : {1.0, 4.0}) {
    const ProfiledFit profiled = profile_likelihood(bands, best, options, {{}, level});
    ASSERT_EQ(profiled.result.intervals.size(), 2U);
    EXPECT_EQ(profiled.n_restarts, 0);
    for (const ProfileInterval& interval : profiled.result.intervals) {
      const FreeValue& which = best.free_values[interval.free_value];
      const double width = std::sqrt(level) * which.error;
      EXPECT_NEAR(interval.low, which.value - width, 0.01 * width);
      EXPECT_NEAR(interval.high, which.value + width, 0.01 * width);
      EXPECT_EQ(interval.low_end, IntervalEnd::kFound);
      EXPECT_EQ(interval.high_end, IntervalEnd::kFound);
    }
  }
}

TEST(Profile, OfTheOnlyFreeParameter) {
  const Observation observation = noisy(1.0, 3);
  const std::vector<Band> bands = band_of(observation);
  const FitResult best = fit(bands, flux_and_size(false, false));
  const ProfiledFit profiled = profile_likelihood(bands, best, {});
  const FreeValue& flux = best.free_values[0];
  ASSERT_EQ(profiled.result.intervals.size(), 1U);
  EXPECT_NEAR(profiled.result.intervals[0].low, flux.value - flux.error, 0.01 * flux.error);
  EXPECT_NEAR(profiled.result.intervals[0].high, flux.value + flux.error, 0.01 * flux.error);
}

/// The least chi2 of any flux, for a size.
double chi2_of_size(const Observation& observation, double re) {
  test::Galaxy unit = kGalaxy;
  unit.flux = 1.0;
  unit.re = re;
  const Image model = light(unit);
  double data_model = 0.0;
  double model_model = 0.0;
  double data_data = 0.0;
  for (std::size_t i = 0; i < model.size(); ++i) {
    const double weight = 1.0 / (observation.sigma.data()[i] * observation.sigma.data()[i]);
    data_model += weight * model.data()[i] * observation.data.data()[i];
    model_model += weight * model.data()[i] * model.data()[i];
    data_data += weight * observation.data.data()[i] * observation.data.data()[i];
  }
  return data_data - data_model * data_model / model_model;
}

/// Where that is `rise` above chi2, between a size inside and one outside.
double size_at(const Observation& observation, double chi2, double inside, double outside) {
  for (int k = 0; k < 60; ++k) {
    const double middle = 0.5 * (inside + outside);
    (chi2_of_size(observation, middle) < chi2 + 1.0 ? inside : outside) = middle;
  }
  return inside;
}

TEST(Profile, IsAsymmetricWhereTheLikelihoodIs) {
  const Observation observation = noisy(8.0, 8);  // a signal-to-noise ratio of 5
  const std::vector<Band> bands = band_of(observation);
  const FitResult best = fit(bands, flux_and_size(true, false));
  const std::size_t size = 1;  // after the flux
  const ProfiledFit profiled = profile_likelihood(bands, best, {}, {{size}});
  ASSERT_EQ(profiled.result.intervals.size(), 1U);
  const ProfileInterval& interval = profiled.result.intervals[0];
  const double re = best.free_values[size].value;
  const double low = size_at(observation, best.chi2, re, 0.3 * re);
  const double high = size_at(observation, best.chi2, re, 3.0 * re);
  EXPECT_NEAR(interval.low, low, 0.01 * (re - low));
  EXPECT_NEAR(interval.high, high, 0.01 * (high - re));
  EXPECT_GT(high - re, 1.1 * (re - low)) << "or the test shows nothing";
}

TEST(Profile, EndsWhereTheRangeDoes) {
  const Observation observation = noisy(4.0, 8);
  const std::vector<Band> bands = band_of(observation);
  Scene scene = flux_and_size(true, false);
  const FitResult wide = fit(bands, scene);
  const double re = test::value(wide, 0, Role::kRe);
  scene.components[0].parameter(Role::kRe).max = re + 0.2 * wide.free_values[1].error;
  scene.components[0].parameter(Role::kRe).value = re;
  const FitResult best = fit(bands, scene);
  const ProfiledFit profiled = profile_likelihood(bands, best, {}, {{1}});
  const ProfileInterval& interval = profiled.result.intervals.at(0);
  EXPECT_EQ(interval.high_end, IntervalEnd::kAtRange);
  EXPECT_EQ(interval.high, scene.components[0].parameter(Role::kRe).max);
  EXPECT_EQ(interval.low_end, IntervalEnd::kFound);
}

TEST(Profile, StartsOverFromABetterFit) {
  const Observation observation = noisy(0.3, 4);
  const std::vector<Band> bands = band_of(observation);
  Scene start;
  start.components.push_back(test::gaussian({14.0, 18.0, 100.0, 7.0, 0.9, 0.0}));
  FitOptions one_step;
  one_step.max_iterations = 1;
  const FitResult poor = fit(bands, start, one_step);
  const FitResult good = fit(bands, start);
  ASSERT_GT(poor.statistic, good.statistic + 1.0) << "or there is nothing to rescue";
  const ProfiledFit profiled = profile_likelihood(bands, poor, {}, {{3}});
  EXPECT_GE(profiled.n_restarts, 1);
  EXPECT_NEAR(profiled.result.statistic, good.statistic, 1e-3);
  EXPECT_NEAR(profiled.gain, poor.statistic - good.statistic, 1e-3);
  ASSERT_EQ(profiled.result.intervals.size(), 1U);
  const FreeValue& size = good.free_values[3];
  EXPECT_NEAR(profiled.result.intervals[0].high, size.value + size.error, 0.1 * size.error);
}

TEST(Profile, StopsWhenTold) {
  const Observation observation = noisy(1.0, 3, 5.0);
  const std::vector<Band> bands = band_of(observation);
  const FitResult best = fit(bands, flux_and_size(true, true));
  const ProfiledFit profiled =
      profile_likelihood(bands, best, {}, {}, [](double done) { return done < 0.5; });
  EXPECT_FALSE(profiled.finished);
  EXPECT_LT(profiled.result.intervals.size(), 3U);
  EXPECT_EQ(profiled.result.chi2, best.chi2);
}

TEST(Profile, RefusesWhatThereIsNot) {
  const Observation observation = noisy(1.0, 3);
  const std::vector<Band> bands = band_of(observation);
  const FitResult best = fit(bands, flux_and_size(false, false));
  EXPECT_THROW(profile_likelihood(bands, best, {}, {{1}}), InputError);
  EXPECT_THROW(profile_likelihood(bands, best, {}, {{}, 0.0}), InputError);
}

TEST(Likelihood, OfLinearParametersIsAParabola) {
  const Observation observation = noisy(1.0, 3, 5.0);
  const std::vector<Band> bands = band_of(observation);
  const FitResult best = fit(bands, flux_and_size(false, true));
  const LogLikelihood likelihood(bands, best, {});
  ASSERT_EQ(likelihood.size(), 2U);
  const Eigen::Vector2d at(best.free_values[0].value, best.free_values[1].value);
  const auto span_of = [](const Eigen::Vector2d& v) { return std::span<const double>(v.data(), 2); };
  EXPECT_NEAR(likelihood.value(span_of(at)), -0.5 * best.statistic, 1e-6 * best.statistic);
  const Eigen::Matrix2d information = square(best.covariance).inverse();
  const Eigen::Vector2d away(2.0 * best.free_values[0].error, -3.0 * best.free_values[1].error);
  const Eigen::Vector2d there = at + away;
  Eigen::Vector2d gradient;
  const double value = likelihood.value_and_gradient(span_of(there), {gradient.data(), 2});
  EXPECT_NEAR(value - likelihood.value(span_of(at)), -0.5 * away.dot(information * away), 1e-4);
  const Eigen::Vector2d slope = -information * away;
  EXPECT_NEAR(gradient[0], slope[0], 1e-5 * std::abs(slope[0]));
  EXPECT_NEAR(gradient[1], slope[1], 1e-5 * std::abs(slope[1]));
}

TEST(Likelihood, HasTheSlopeOfItsDifferencesAndAnEnd) {
  const Observation observation = noisy(1.0, 3, 5.0);
  const std::vector<Band> bands = band_of(observation);
  Scene scene;
  scene.components.push_back(test::gaussian(kGalaxy));
  scene.components[0].parameter(Role::kRe).prior = Prior{2.5, 0.3, false};
  scene.components.push_back(test::flat_sky(0.0));
  const FitResult best = fit(bands, scene);
  const LogLikelihood likelihood(bands, best, {});
  std::vector<double> at;
  for (const FreeValue& one : best.free_values) at.push_back(one.value + 0.7 * one.error);
  std::vector<double> gradient(at.size());
  likelihood.value_and_gradient(at, gradient);
  for (std::size_t i = 0; i < at.size(); ++i) {
    const double step = 1e-3 * best.free_values[i].error;
    std::vector<double> more = at;
    std::vector<double> less = at;
    more[i] += step;
    less[i] -= step;
    const double difference = (likelihood.value(more) - likelihood.value(less)) / (2.0 * step);
    EXPECT_NEAR(gradient[i], difference, 1e-3 / best.free_values[i].error) << i;
  }
  at[4] = 1.5;  // the axis ratio
  EXPECT_EQ(likelihood.value(at), -std::numeric_limits<double>::infinity());
  EXPECT_THROW((void)likelihood.value(std::vector<double>{1.0}), InputError);
}

/// Few photons: the galaxy on a sky of two electrons a pixel.
Observation photons(unsigned seed) {
  Observation observation = test::observe(light(kGalaxy), 1.0);
  std::mt19937_64 generator(seed);
  for (double& pixel : observation.data.pixels()) {
    pixel = static_cast<double>(std::poisson_distribution<int>(pixel + 2.0)(generator));
  }
  observation.counts = CountNoise{};
  return observation;
}

FitOptions cash() {
  FitOptions options;
  options.likelihood.kind = Likelihood::kCash;
  return options;
}

TEST(Likelihood, OfPhotonsIsCashs) {
  const Observation observation = photons(5);
  const std::vector<Band> bands = band_of(observation);
  const FitResult best = fit(bands, flux_and_size(true, true), cash());
  const LogLikelihood likelihood(bands, best, cash());
  std::vector<double> at;
  for (const FreeValue& one : best.free_values) at.push_back(one.value + 0.5 * one.error);
  test::Galaxy galaxy = kGalaxy;
  galaxy.flux = at[0];
  galaxy.re = at[1];
  const Image model = light(galaxy);
  double sum = 0.0;
  for (std::size_t i = 0; i < model.size(); ++i) {
    const double mean = model.data()[i] + at[2];
    sum += mean - observation.data.data()[i] * std::log(mean);
  }
  EXPECT_NEAR(likelihood.value(at), -sum, 1e-4);
  std::vector<double> gradient(3);
  likelihood.value_and_gradient(at, gradient);
  for (std::size_t i = 0; i < 3; ++i) {
    const double step = 1e-3 * best.free_values[i].error;
    std::vector<double> more = at;
    std::vector<double> less = at;
    more[i] += step;
    less[i] -= step;
    const double difference = (likelihood.value(more) - likelihood.value(less)) / (2.0 * step);
    EXPECT_NEAR(gradient[i], difference, 1e-3 / best.free_values[i].error) << i;
  }
}

TEST(Bootstrap, OfPhotonsScattersAsTheirCovariance) {
  const Observation observation = photons(5);
  const std::vector<Band> bands = band_of(observation);
  const FitResult best = fit(bands, flux_and_size(false, true), cash());
  const ParameterSamples samples = bootstrap(bands, best, cash(), {400, 0, 7});
  const Eigen::Matrix2d found = square(samples.covariance());
  const Eigen::Matrix2d formal = square(best.covariance);
  for (Eigen::Index i = 0; i < 2; ++i)
    EXPECT_NEAR(found(i, i), formal(i, i), 4.5 * std::sqrt(2.0 / 400.0) * formal(i, i));
}

TEST(Bootstrap, OfLinearParametersScattersAsTheCovariance) {
  const Observation observation = noisy(1.0, 3, 5.0);
  const std::vector<Band> bands = band_of(observation);
  const FitResult best = fit(bands, flux_and_size(false, true));
  const ParameterSamples samples = bootstrap(bands, best, {}, {800, 0, 7});
  ASSERT_EQ(samples.n, 800U);
  EXPECT_EQ(samples.n_failed, 0U);
  const Eigen::Matrix2d found = square(samples.covariance());
  const Eigen::Matrix2d formal = square(best.covariance);
  for (Eigen::Index i = 0; i < 2; ++i) {
    EXPECT_NEAR(found(i, i), formal(i, i), 4.0 * std::sqrt(2.0 / 800.0) * formal(i, i));
    const double error = std::sqrt(formal(i, i));
    EXPECT_NEAR(samples.quantile(static_cast<std::size_t>(i), 0.5),
                best.free_values[static_cast<std::size_t>(i)].value, 0.15 * error);
    EXPECT_NEAR(samples.quantile(static_cast<std::size_t>(i), 0.8413),
                best.free_values[static_cast<std::size_t>(i)].value + error, 0.25 * error);
  }
  const double correlation = formal(0, 1) / std::sqrt(formal(0, 0) * formal(1, 1));
  EXPECT_NEAR(found(0, 1) / std::sqrt(found(0, 0) * found(1, 1)), correlation, 0.12);
}

TEST(Bootstrap, IsTheSameForEveryNumberOfThreads) {
  const Observation observation = noisy(1.0, 3, 5.0);
  const std::vector<Band> bands = band_of(observation);
  const FitResult best = fit(bands, flux_and_size(true, true));
  FitOptions two;
  two.threads = 2;
  const ParameterSamples one = bootstrap(bands, best, {}, {12, 4, 7});
  EXPECT_EQ(one.values, bootstrap(bands, best, two, {12, 4, 7}).values);
  EXPECT_NE(one.values, bootstrap(bands, best, two, {12, 4, 8}).values);
}

// Noise that is a mean of 2 x 2 white pixels: the variance of a flux is the double sum over its correlation.
TEST(Bootstrap, ByBlocksKnowsOfCorrelatedNoise) {
  constexpr Shape kLarge{96, 96};
  test::Galaxy unit = kGalaxy;
  unit.flux = 1.0;
  unit.x = unit.y = 48.3;
  Image weight(kLarge);
  test::add_gaussian(weight, unit);
  double norm = 0.0;
  for (const double pixel : weight.pixels()) norm += pixel * pixel;
  double variance = 0.0;
  for (int row = 1; row + 1 < kLarge.ny; ++row) {
    for (int column = 1; column + 1 < kLarge.nx; ++column) {
      for (int dy = -1; dy <= 1; ++dy) {
        for (int dx = -1; dx <= 1; ++dx)
          variance += weight(row, column) * weight(row + dy, column + dx) * (dy == 0 ? 1.0 : 0.5) *
                      (dx == 0 ? 1.0 : 0.5);
      }
    }
  }
  const double truth = std::sqrt(variance) / norm;
  const double white = 1.0 / std::sqrt(norm);

  std::mt19937_64 generator(12);
  std::normal_distribution<double> normal;
  Image raw({kLarge.ny + 1, kLarge.nx + 1});
  for (double& pixel : raw.pixels()) pixel = normal(generator);
  Image data(kLarge);
  test::Galaxy bright = unit;
  bright.flux = 300.0;
  test::add_gaussian(data, bright);
  for (int row = 0; row < kLarge.ny; ++row) {
    for (int column = 0; column < kLarge.nx; ++column)
      data(row, column) +=
          0.5 * (raw(row, column) + raw(row, column + 1) + raw(row + 1, column) + raw(row + 1, column + 1));
  }
  const Observation observation = test::observe(std::move(data), 1.0);
  const std::vector<Band> bands = band_of(observation);
  Scene scene = flux_and_size(false, false);
  scene.components[0].parameter(Role::kX).value = scene.components[0].parameter(Role::kY).value = 48.3;
  const FitResult best = fit(bands, scene);
  const double by_blocks = std::sqrt(bootstrap(bands, best, {}, {400, 12, 7}).covariance()[0]);
  const double by_sigma = std::sqrt(bootstrap(bands, best, {}, {400, 0, 7}).covariance()[0]);
  ASSERT_GT(truth, 1.5 * white);
  EXPECT_NEAR(by_sigma, white, 0.15 * white);
  EXPECT_NEAR(by_blocks, truth, 0.2 * truth);
}

TEST(Bootstrap, RefusesTooFew) {
  const Observation observation = noisy(1.0, 3);
  const std::vector<Band> bands = band_of(observation);
  const FitResult best = fit(bands, flux_and_size(false, false));
  EXPECT_THROW(bootstrap(bands, best, {}, {1, 0, 7}), InputError);
  EXPECT_THROW(bootstrap(bands, best, {}, {10, -1, 7}), InputError);
  EXPECT_THROW(bootstrap(bands, best, {}, {10, 9, 7}), InputError);  // of 32 pixels
  EXPECT_EQ(bootstrap(bands, best, {}, {2, 8, 7}).n, 2U);
}

}  // namespace
}  // namespace gaxel
