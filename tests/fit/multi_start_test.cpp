// Several starts, the time that a search may take, and what is said of parameters.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <thread>

#include "fit/multi_start.hpp"
#include "fit_support.hpp"
#include "gaxel/error.hpp"

namespace gaxel {
namespace {

const test::Galaxy kTruth{31.0, 29.0, 5000.0, 5.0, 0.7, 0.5};

Observation one_galaxy() {
  Image image({60, 64});
  test::add_gaussian(image, kTruth);
  Observation observation = test::observe(std::move(image), 0.5);
  test::add_noise(observation, 3);
  return observation;
}

TEST(MultiStart, ScattersInsideTheStatedRangesAndBounds) {
  Scene scene{{test::component("sersic", {30.0, 31.0, 100.0, 6.0, 2.0, 0.8, 0.3})}};
  scene.components[0].parameters[4].min = 1.5;  // n
  const BandFrame frame;
  const ParameterMap map(scene, {&frame, 1}, "test");
  std::mt19937_64 generator(7);
  double most_x = 0.0;
  double least_re = 1e9;
  double most_re = 0.0;
  for (int i = 0; i < 2000; ++i) {
    const Eigen::VectorXd values = scattered(map, generator);
    EXPECT_LE(std::abs(values[0] - 30.0), 3.0);
    EXPECT_LE(std::abs(values[1] - 31.0), 3.0);
    EXPECT_EQ(values[2], 100.0);
    EXPECT_GE(values[4], 1.5);
    EXPECT_LE(values[4], 6.0 + 1e-12);
    EXPECT_GE(values[5], 0.2);
    EXPECT_LE(values[5], 1.0);
    EXPECT_LE(std::abs(values[6] - 0.3), std::numbers::pi / 2.0);
    most_x = std::max(most_x, std::abs(values[0] - 30.0));
    least_re = std::min(least_re, values[3]);
    most_re = std::max(most_re, values[3]);
  }
  EXPECT_NEAR(most_x, 3.0, 0.02);
  EXPECT_NEAR(least_re, 2.0, 0.02);
  EXPECT_NEAR(most_re, 18.0, 0.2);
}

TEST(MultiStart, SameSeedSameStarts) {
  const Scene scene{{test::gaussian(kTruth)}};
  const BandFrame frame;
  const ParameterMap map(scene, {&frame, 1}, "test");
  std::mt19937_64 one(5);
  std::mt19937_64 two(5);
  std::mt19937_64 three(6);
  const Eigen::VectorXd first = scattered(map, one);
  EXPECT_EQ(first, scattered(map, two));
  EXPECT_NE(first, scattered(map, three));
}

// Of two galaxies the start is on the fainter: from there the search ends in the local minimum.
TEST(MultiStart, FindsTheBetterOfTwoMinimaAndCountsWhoAgreed) {
  Image image({60, 90});
  test::add_gaussian(image, {25.0, 30.0, 1000.0, 3.0, 0.9, 0.0});
  test::add_gaussian(image, {48.0, 30.0, 5000.0, 3.0, 0.9, 0.0});
  const Observation observation = test::observe(std::move(image), 1.0);
  Scene scene{{test::gaussian({26.0, 30.0, 1000.0, 5.0, 0.9, 0.0})}};
  scene.components[0].parameters[3].max = 8.0;
  scene.components[0].parameters[3].value = 3.0;
  const FitResult one = fit(observation, scene);
  EXPECT_NEAR(one.scene.components[0].parameters[0].value, 25.0, 3.0);
  EXPECT_EQ(one.starts, 1);
  EXPECT_EQ(one.agreed, 1);
  FitOptions options;
  options.starts = 40;
  scene.components[0].parameters[3].value = 8.0;
  scene.components[0].parameters[0].value = 33.0;
  const FitResult best = fit(observation, scene, options);
  EXPECT_NEAR(best.scene.components[0].parameters[0].value, 48.0, 1.0);
  EXPECT_EQ(best.starts, 40);
  EXPECT_GE(best.agreed, 2);
  EXPECT_LT(best.agreed, 40);
  const FitResult again = fit(observation, scene, options);
  EXPECT_EQ(best.chi2, again.chi2);
  EXPECT_EQ(best.agreed, again.agreed);
}

TEST(MaxSeconds, KeepsTheBestSoFar) {
  const Observation observation = one_galaxy();
  const Scene scene{{test::gaussian({36.0, 26.0, 3000.0, 9.0, 0.5, 1.5})}};
  FitOptions options;
  options.max_seconds = 0.05;
  int steps = 0;
  const FitResult result = fit(observation, scene, options, [&](const FitProgress&) {
    if (++steps == 3) std::this_thread::sleep_for(std::chrono::milliseconds(60));
    return true;
  });
  EXPECT_EQ(result.stop_reason, StopReason::kMaxSeconds);
  EXPECT_EQ(to_text(result.stop_reason), "max_seconds");
  EXPECT_LE(steps, 3);
  EXPECT_LE(result.chi2, result.chi2_start);
  for (const FreeValue& own : result.free_values) EXPECT_TRUE(std::isfinite(own.value));
}

TEST(MaxSeconds, LeavesOutFurtherStarts) {
  const Observation observation = one_galaxy();
  const Scene scene{{test::gaussian(kTruth)}};
  FitOptions options;
  options.starts = 1000;
  options.max_seconds = 1.0;
  const FitResult result = fit(observation, scene, options, [](const FitProgress& progress) {
    if (progress.start == 3) std::this_thread::sleep_for(std::chrono::milliseconds(1010));
    return true;
  });
  EXPECT_EQ(result.stop_reason, StopReason::kMaxSeconds);
  EXPECT_LE(result.starts, 3);
  EXPECT_GE(result.agreed, 1);
}

TEST(MaxSeconds, TheCallersWordCountsMore) {
  const Observation observation = one_galaxy();
  FitOptions options;
  options.starts = 5;
  const FitResult result =
      fit(observation, Scene{{test::gaussian(kTruth)}}, options, [](const FitProgress&) { return false; });
  EXPECT_EQ(result.stop_reason, StopReason::kCancelled);
}

TEST(FitOptions, RefusesNoTimeAndNoStart) {
  FitOptions options;
  options.max_seconds = 0.0;
  EXPECT_NE(options.problem().find("max_seconds"), std::string::npos);
  options.max_seconds = std::nan("");
  EXPECT_NE(options.problem().find("max_seconds"), std::string::npos);
  options = {};
  options.starts = 0;
  EXPECT_NE(options.problem().find("starts"), std::string::npos);
}

TEST(Criteria, AreTheirFormulas) {
  const FitResult result = fit(one_galaxy(), Scene{{test::gaussian(kTruth)}});
  EXPECT_DOUBLE_EQ(result.aic, result.chi2 + 2.0 * 6.0);
  EXPECT_DOUBLE_EQ(result.bic, result.chi2 + 6.0 * std::log(60.0 * 64.0));
}

// A galaxy as faint as this leaves its size and shape to chance.
TEST(Flags, UnconstrainedWhereTheErrorExceedsTheRange) {
  Image image({60, 64});
  test::add_gaussian(image, {31.0, 29.0, 50.0, 5.0, 0.7, 0.5});
  const Observation observation = test::observe(std::move(image), 5.0);  // no noise: the truth is the best
  const FitResult result = fit(observation, Scene{{test::gaussian({31.0, 29.0, 50.0, 5.0, 0.7, 0.5})}});
  for (const FreeValue& own : result.free_values) {
    const auto role = result.scene.components[0].kind->parameters[own.parameter].role;
    const bool wide = (role == Role::kRe && own.error > own.value) || (role == Role::kQ && own.error > 1.0) ||
                      ((role == Role::kX || role == Role::kY) && own.error > 64.0);
    if (!std::isfinite(own.error)) continue;
    EXPECT_EQ(own.flag == ParameterFlag::kUnconstrained, wide) << own.parameter;
  }
  EXPECT_EQ(result.flags[0][3], ParameterFlag::kUnconstrained);
  EXPECT_EQ(result.flags[0][2], ParameterFlag::kNone);  // a flux may be negative
}

TEST(Flags, DidNotMoveWhereOthersDid) {
  Image image({60, 64});
  test::add_gaussian(image, kTruth);
  const Observation observation = test::observe(std::move(image), 0.5);
  // Symmetric: x and y stay at the truth, whatever else moves.
  Scene scene{{test::gaussian({31.0, 29.0, 4000.0, 7.0, 0.9, 0.4})}};
  const FitResult result = fit(observation, scene);
  EXPECT_EQ(result.flags[0][0], ParameterFlag::kDidNotMove);
  EXPECT_EQ(result.flags[0][1], ParameterFlag::kDidNotMove);
  EXPECT_EQ(result.flags[0][2], ParameterFlag::kNone);
  EXPECT_EQ(result.flags[0][3], ParameterFlag::kNone);
  const FitResult again = fit(observation, result.scene);
  for (const FreeValue& own : again.free_values) EXPECT_EQ(own.flag, ParameterFlag::kNone);
}

}  // namespace
}  // namespace gaxel
