// Limits of parameters to others: differences and ratios.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "fit_support.hpp"
#include "gaxel/derived.hpp"
#include "gaxel/error.hpp"

namespace gaxel {
namespace {

constexpr std::size_t kX = 0;
constexpr std::size_t kFlux = 2;
constexpr std::size_t kRe = 3;
const test::Galaxy kFirst{30.0, 32.0, 4000.0, 5.0, 0.8, 0.4};
const test::Galaxy kSecond{38.0, 30.0, 2000.0, 4.0, 0.7, 1.2};

Observation two_galaxies() {
  Image image({64, 70});
  test::add_gaussian(image, kFirst);
  test::add_gaussian(image, kSecond);
  return test::observe(std::move(image), 0.05);
}

/// All else at the truth and fixed; `index` of both free and off.
Scene pair(std::size_t index) {
  Scene scene{{test::gaussian(kFirst, "first"), test::gaussian(kSecond, "second")}};
  for (SceneComponent& component : scene.components) {
    for (std::size_t i = 0; i < component.parameters.size(); ++i) component.parameters[i].free = i == index;
  }
  return scene;
}

double value(const FitResult& result, std::size_t component, std::size_t index) {
  return result.scene.components[component].parameters[index].value;
}

TEST(Limit, ThatHoldsAtTheOptimumChangesNothing) {
  const Observation observation = two_galaxies();
  Scene scene{{test::gaussian({29.0, 33.0, 3000.0, 6.0, 0.7, 0.5}, "first"),
               test::gaussian({39.0, 30.5, 2500.0, 3.0, 0.8, 1.0}, "second")}};
  const FitResult plain = fit(observation, scene);
  scene.components[1].parameters[kRe].limit = Limit{0, kRe, true, 0.1, 1.0};
  scene.components[1].parameters[kX].limit = Limit{0, kX, false, 0.0, 20.0};
  scene.components[1].parameters[kFlux].limit = Limit{0, kFlux, true, 0.1, 3.0};
  const FitResult limited = fit(observation, scene);
  ASSERT_EQ(limited.stop_reason, StopReason::kConverged);
  EXPECT_NEAR(limited.chi2, plain.chi2, 1e-5);
  ASSERT_EQ(limited.free_values.size(), plain.free_values.size());
  for (std::size_t i = 0; i < plain.free_values.size(); ++i) {
    const FreeValue& was = plain.free_values[i];
    EXPECT_NEAR(limited.free_values[i].value, was.value, 1e-3 * was.error) << i;
    EXPECT_NEAR(limited.free_values[i].error, was.error, 1e-4 * was.error) << i;
    EXPECT_EQ(limited.free_values[i].flag, ParameterFlag::kNone) << i;
  }
  for (std::size_t i = 0; i < plain.covariance.size(); ++i)
    EXPECT_NEAR(limited.covariance[i], plain.covariance[i], 1e-4 * std::abs(plain.covariance[i]) + 1e-12);
}

// With a ratio at its end one parameter is left: its chi2, by a search in one dimension, is the truth.
TEST(Limit, RatioEndsAtTheLimitThatTheOptimumViolates) {
  const Observation observation = two_galaxies();
  constexpr double kMost = 0.7;  // of 0.8
  Scene scene = pair(kRe);
  scene.components[1].parameters[kRe].limit = Limit{0, kRe, true, 0.2, kMost};
  scene.components[0].parameters[kRe].value = 3.0;
  scene.components[1].parameters[kRe].value = 8.0;  // outside: moved to the end
  const FitResult result = fit(observation, scene);
  ASSERT_EQ(result.stop_reason, StopReason::kConverged);
  EXPECT_NEAR(value(result, 1, kRe) / value(result, 0, kRe), kMost, 1e-9);
  EXPECT_EQ(result.flags[1][kRe], ParameterFlag::kAtBound);
  const auto chi2 = [&](double re) {
    Image image({64, 70});
    test::add_gaussian(image, {30.0, 32.0, 4000.0, re, 0.8, 0.4});
    test::add_gaussian(image, {38.0, 30.0, 2000.0, kMost * re, 0.7, 1.2});
    double sum = 0.0;
    for (std::size_t i = 0; i < image.size(); ++i) {
      const double off = (observation.data.data()[i] - image.data()[i]) / 0.05;
      sum += off * off;
    }
    return sum;
  };
  double low = 4.0;
  double high = 6.0;
  while (high - low > 1e-7) {  // the minimum is the only one in there
    const double third = (high - low) / 3.0;
    (chi2(low + third) < chi2(high - third) ? high : low) +=
        chi2(low + third) < chi2(high - third) ? -third : third;
  }
  EXPECT_NEAR(value(result, 0, kRe), low, 1e-4);
  EXPECT_NEAR(result.chi2, chi2(low), 1e-5 * result.chi2);
}

TEST(Limit, DifferenceOfPlacesEndsAtItsLimit) {
  const Observation observation = two_galaxies();
  Scene scene = pair(kX);
  scene.components[1].parameters[kX].limit = Limit{0, kX, false, -5.0, 7.5};  // of 8
  scene.components[1].parameters[kX].value = 36.0;
  const FitResult result = fit(observation, scene);
  ASSERT_EQ(result.stop_reason, StopReason::kConverged);
  EXPECT_NEAR(value(result, 1, kX) - value(result, 0, kX), 7.5, 1e-9);
  EXPECT_GT(value(result, 0, kX), 30.0);  // both give way
  EXPECT_LT(value(result, 1, kX), 38.0);
  EXPECT_EQ(result.flags[1][kX], ParameterFlag::kAtBound);
}

TEST(Limit, FluxesFollowLinearlyAtTheEndOfTheirRatio) {
  const Observation observation = two_galaxies();
  Scene scene = pair(kFlux);
  scene.components[1].parameters[kFlux].limit = Limit{0, kFlux, true, 0.0, 0.4};  // of 0.5
  const FitResult result = fit(observation, scene);
  ASSERT_EQ(result.stop_reason, StopReason::kConverged);
  EXPECT_NEAR(value(result, 1, kFlux) / value(result, 0, kFlux), 0.4, 1e-9);
  // Least squares of one factor of a fixed image.
  Image image({64, 70});
  test::add_gaussian(image, {30.0, 32.0, 1.0, 5.0, 0.8, 0.4});
  test::add_gaussian(image, {38.0, 30.0, 0.4, 4.0, 0.7, 1.2});
  double product = 0.0;
  double square = 0.0;
  for (std::size_t i = 0; i < image.size(); ++i) {
    product += image.data()[i] * observation.data.data()[i];
    square += image.data()[i] * image.data()[i];
  }
  EXPECT_NEAR(value(result, 0, kFlux), product / square, 1e-6 * product / square);
}

TEST(Limit, MagnitudesInTwoBandsFollowInEach) {
  Observation faint = two_galaxies();
  Observation bright = two_galaxies();
  for (std::size_t i = 0; i < bright.data.size(); ++i) bright.data.data()[i] *= 2.5;
  const std::vector<Band> bands{{"a", {1.0, 25.0, {}}, &faint}, {"b", {2.0, 26.0, {}}, &bright}};
  Scene scene = pair(kFlux);
  for (SceneComponent& component : scene.components) {
    component.flux_is_magnitude = true;
    Parameter& flux = component.parameters[kFlux];
    flux.basis = Basis::kBands;
    flux.coefficients = {flux.value, flux.value};
    flux.free_coefficients = {1, 1};
  }
  scene.components[1].parameters[kFlux].limit = Limit{0, kFlux, true, 0.6, 2.0};  // of 0.5
  const FitResult result = fit(bands, scene);
  ASSERT_EQ(result.stop_reason, StopReason::kConverged);
  for (std::size_t b = 0; b < 2; ++b) {
    const std::vector<Component>& found = result.bands[b].components;
    EXPECT_NEAR(found[1].values[kFlux] / found[0].values[kFlux], 0.6, 1e-9);
    EXPECT_NEAR(result.scene.components[1].parameters[kFlux].coefficients[b], found[1].values[kFlux], 1e-6);
  }
}

TEST(Limit, OfAChainHolds) {
  const Observation observation = two_galaxies();
  Scene scene = pair(kX);
  scene.components.push_back(test::gaussian({50.0, 50.0, 1000.0, 3.0, 0.8, 0.0}, "third"));
  for (Parameter& parameter : scene.components[2].parameters) parameter.free = false;
  scene.components[2].parameters[kX].free = true;
  scene.components[1].parameters[kX].limit = Limit{0, kX, false, 0.0, 7.5};
  scene.components[2].parameters[kX].limit = Limit{1, kX, false, 1.0, 2.0};
  const FitResult result = fit(observation, scene);
  const double apart = value(result, 2, kX) - value(result, 1, kX);
  EXPECT_GE(apart, 1.0 - 1e-9);
  EXPECT_LE(apart, 2.0 + 1e-9);
}

TEST(Limit, RefusesWhatItCannotBeAbout) {
  const Observation observation = two_galaxies();
  const auto refused = [&](const Limit& limit, const auto& change) {
    Scene scene = pair(kX);
    scene.components[1].parameters[kX].limit = limit;
    change(scene);
    try {
      fit(observation, scene);
    } catch (const InputError& error) {
      return error.problem().key == (limit.is_ratio ? "second.x.ratio" : "second.x.difference");
    }
    return false;
  };
  const auto nothing = [](Scene&) {};
  EXPECT_TRUE(refused({0, kX, false, 3.0, 3.0}, nothing));
  EXPECT_TRUE(refused({5, kX, false, 1.0, 3.0}, nothing));
  EXPECT_TRUE(refused({1, kX, false, 1.0, 3.0}, nothing));
  EXPECT_TRUE(refused({0, kX, true, -1.0, 3.0}, nothing));
  EXPECT_TRUE(refused({0, kX, false, 1.0, 3.0}, [](Scene& scene) {
    scene.components[1].parameters[kX].free = false;
    scene.components[1].parameters[kX].tie = Tie{"v", {{"v", 0, kX}}};
  }));
}

/// The same scenes with a tie in place of the limit are the truth.
void expect_errors_of_tie(bool robust) {
  Observation observation = two_galaxies();
  test::add_noise(observation, 5);
  Scene limited = pair(kFlux);
  for (SceneComponent& component : limited.components) component.parameters[kRe].free = true;
  Scene tied = limited;
  limited.components[1].parameters[kFlux].limit = Limit{0, kFlux, true, 0.0, 0.4};  // of 0.5
  tied.components[1].parameters[kFlux].free = false;
  tied.components[1].parameters[kFlux].tie = Tie{"0.4 * v", {{"v", 0, kFlux}}};
  FitOptions options;
  options.robust = robust;
  const FitResult found = fit(observation, limited, options);
  const FitResult truth = fit(observation, tied, options);
  ASSERT_EQ(found.flags[1][kFlux], ParameterFlag::kAtBound);
  for (std::size_t c = 0; c < 2; ++c) {
    for (const std::size_t p : {kFlux, kRe}) {
      EXPECT_NEAR(found.errors[c][p], truth.errors[c][p], 1e-4 * truth.errors[c][p]) << c << ' ' << p;
      EXPECT_NEAR(found.bands[0].errors[c][p], truth.bands[0].errors[c][p], 1e-4 * truth.errors[c][p]);
    }
  }
  const std::vector<DerivedFrame> frames{{{{}, 25.0, {}}, 25.0, 0.2}};
  const std::vector<DerivedValue> by_limit = derived_values(found, frames);
  const std::vector<DerivedValue> by_tie = derived_values(truth, frames);
  ASSERT_EQ(by_limit.size(), by_tie.size());
  for (std::size_t i = 0; i < by_tie.size(); ++i) {
    if (by_tie[i].key == "fraction") {  // the ratio is fixed, and nothing but rounding is left of the error
      EXPECT_FALSE(by_limit[i].error > 1e-6);
      continue;
    }
    EXPECT_NEAR(by_limit[i].error, by_tie[i].error, 1e-4 * by_tie[i].error) << by_tie[i].key;
    if (robust) {
      EXPECT_NEAR(by_limit[i].sandwich, by_tie[i].sandwich, 1e-4 * by_tie[i].sandwich);
    }
  }
}

TEST(Limit, AtItsEndHasTheErrorsOfATie) {
  expect_errors_of_tie(false);
  expect_errors_of_tie(true);
}

TEST(Limit, ToAFixedParameterHasNoErrorAtItsEnd) {
  const Observation observation = two_galaxies();
  Scene scene = pair(kRe);
  scene.components[0].parameters[kRe].free = false;
  scene.components[1].parameters[kFlux].free = true;
  scene.components[1].parameters[kRe].limit = Limit{0, kRe, true, 0.2, 0.7};  // of 0.8
  const FitResult result = fit(observation, scene);
  ASSERT_EQ(result.flags[1][kRe], ParameterFlag::kAtBound);
  EXPECT_TRUE(std::isnan(result.errors[1][kRe]));
  EXPECT_GT(result.errors[1][kFlux], 0.0);
}

TEST(Limit, OfAFixedParameterIsKeptByTheOther) {
  const Observation observation = two_galaxies();
  for (const Limit& limit : {Limit{0, kRe, true, 0.0, 0.7}, Limit{0, kRe, false, -9.0, -1.5}}) {
    Scene scene = pair(kRe);
    scene.components[1].parameters[kRe].free = false;  // 4: of 5, which the image has
    scene.components[1].parameters[kRe].limit = limit;
    const FitResult result = fit(observation, scene);
    EXPECT_NEAR(value(result, 0, kRe), limit.is_ratio ? 4.0 / 0.7 : 5.5, 1e-9);
    EXPECT_EQ(result.flags[0][kRe], ParameterFlag::kAtBound);
    EXPECT_TRUE(result.scene.components[1].parameters[kRe].limit.has_value());
  }
}

TEST(Limit, OfFixedMagnitudesIsKeptInEachBand) {
  Observation faint = two_galaxies();
  Observation bright = two_galaxies();
  for (std::size_t i = 0; i < bright.data.size(); ++i) bright.data.data()[i] *= 2.5;
  const std::vector<Band> bands{{"a", {1.0, 25.0, {}}, &faint}, {"b", {2.0, 26.0, {}}, &bright}};
  Scene scene = pair(kFlux);
  for (SceneComponent& component : scene.components) {
    component.flux_is_magnitude = true;
    Parameter& flux = component.parameters[kFlux];
    flux.basis = Basis::kBands;
    flux.coefficients = {flux.value, 2.5 * flux.value};
    flux.free_coefficients = {1, 1};
  }
  Parameter& second = scene.components[1].parameters[kFlux];
  second.limit = Limit{0, kFlux, true, 0.6, 2.0};  // of 0.5
  second.free = false;
  second.free_coefficients = {0, 0};
  const FitResult result = fit(bands, scene);
  for (std::size_t b = 0; b < 2; ++b) {
    const std::vector<Component>& found = result.bands[b].components;
    EXPECT_NEAR(found[1].values[kFlux] / found[0].values[kFlux], 0.6, 1e-9) << b;
  }
}

TEST(Limit, OfAFixedParameterThatNothingCanKeepIsRefused) {
  const Observation observation = two_galaxies();
  const auto key_of = [&](const auto& change) -> std::string {
    Scene scene = pair(kRe);
    scene.components[0].parameters[kFlux].free = true;
    scene.components[1].parameters[kRe].free = false;
    scene.components[1].parameters[kRe].limit = Limit{0, kRe, true, 0.0, 0.7};
    change(scene.components[0].parameters[kRe]);
    try {
      fit(observation, scene);
    } catch (const InputError& error) {
      return error.problem().key;
    }
    return "";
  };
  EXPECT_EQ(key_of([](Parameter& other) { other.free = false; }), "second.re.ratio");
  EXPECT_EQ(key_of([](Parameter& other) { other.max = 5.5; }), "second.re");
  EXPECT_EQ(key_of([](Parameter& other) {
              other.free = false;
              other.tie = Tie{"v", {{"v", 1, 5}}};
            }),
            "second.re.ratio");
  EXPECT_EQ(key_of([](Parameter& other) {
              other.free = false;
              other.value = 6.0;
            }),
            "");
}

TEST(Limit, RefusesCircles) {
  const Observation observation = two_galaxies();
  Scene scene = pair(kX);
  scene.components[0].parameters[kX].limit = Limit{1, kX, false, -9.0, 9.0};
  scene.components[1].parameters[kX].limit = Limit{0, kX, false, -9.0, 9.0};
  EXPECT_THROW(fit(observation, scene), InputError);
}

}  // namespace
}  // namespace gaxel
