#include "profile/spline_profile.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

namespace gaxel {
namespace {

const std::vector<double> kValues{2.0, 1.7, 0.4, -1.0, -1.2, -4.0};
constexpr double kEnd = 40.0;

TEST(SplineProfile, GoesThroughItsKnotsAndIsConstantInside) {
  const SplineProfile profile(kEnd, kValues);
  for (std::size_t k = 0; k < kValues.size(); ++k) {
    const double r = std::pow(kEnd, static_cast<double>(k) / 5.0);
    EXPECT_NEAR(std::log(profile.at(r, nullptr).intensity), kValues[k], 1e-13) << k;
  }
  EXPECT_EQ(profile.at(0.0, nullptr).intensity, std::exp(2.0));
  EXPECT_EQ(profile.at(0.7, nullptr).slope, 0.0);
}

// What makes it that spline: two continuous derivatives at the knots, no slope at the first, no second
// derivative at the last.
TEST(SplineProfile, HasTwoContinuousDerivatives) {
  const SplineProfile profile(kEnd, kValues);
  const double spacing = std::log(kEnd) / 5.0;
  constexpr double kStep = 1e-5;
  const auto slope = [&](double log_r) { return profile.at(std::exp(log_r), nullptr).slope; };
  for (int k = 1; k < 5; ++k) {
    const double knot = k * spacing;
    EXPECT_NEAR(slope(knot - kStep), slope(knot + kStep), 1e-3) << k;
    const double before = (slope(knot) - slope(knot - kStep)) / kStep;
    const double after = (slope(knot + kStep) - slope(knot)) / kStep;
    EXPECT_NEAR(before, after, 1e-3) << k;
  }
  EXPECT_NEAR(slope(kStep), 0.0, 1e-3);
  EXPECT_NEAR((slope(5.0 * spacing) - slope(5.0 * spacing - kStep)) / kStep, 0.0, 1e-3);
  EXPECT_EQ(slope(5.0 * spacing + 1.0), slope(5.0 * spacing));
}

TEST(SplineProfile, SlopeAndDerivativesAreThoseOfTheIntensity) {
  for (const double r : {0.5, 1.3, 4.0, 17.0, 39.0, 41.0, 900.0}) {
    std::vector<double> weights(kValues.size());
    const SplineProfile profile(kEnd, kValues);
    const SplineProfile::Value value = profile.at(r, weights.data());
    const auto log_at = [&](double radius) { return std::log(profile.at(radius, nullptr).intensity); };
    EXPECT_NEAR((log_at(r * 1.0001) - log_at(r * 0.9999)) / (std::log(1.0001) - std::log(0.9999)),
                value.slope, 1e-6)
        << r;
    for (std::size_t k = 0; k < kValues.size(); ++k) {
      std::vector<double> moved = kValues;
      moved[k] += 1.0;
      const double change =
          std::log(SplineProfile(kEnd, moved).at(r, nullptr).intensity) - std::log(value.intensity);
      EXPECT_NEAR(weights[k], change, 1e-12) << r << " " << k;  // linear: a unit step tells it exactly
    }
  }
}

TEST(SplineProfile, IsAnyCubicThatIsLevelAndStraightAtItsEnds) {
  // ln I = t^2 (t - 3 T) / T^3 of t = ln r, T = ln r_max: slope 0 at t = 0, second derivative 0 at T.
  const double end = std::log(kEnd);
  const auto cubic = [end](double t) { return t * t * (t - 3.0 * end) / (end * end * end) * 5.0; };
  std::vector<double> values;
  for (int k = 0; k < 6; ++k) values.push_back(cubic(k * end / 5.0));
  const SplineProfile profile(kEnd, values);
  for (const double r : {1.1, 2.0, 7.7, 39.0}) {
    EXPECT_NEAR(std::log(profile.at(r, nullptr).intensity), cubic(std::log(r)), 1e-13) << r;
  }
}

TEST(SplineProfile, TotalAndItsDerivativesAgreeWithASumOverRings) {
  const SplineProfile profile(kEnd, kValues);
  const SplineProfile::Total total = profile.total();
  std::vector<double> weights(kValues.size());
  double sum = 0.0;
  std::vector<double> sums(kValues.size(), 0.0);
  constexpr double kWidth = 1e-4;
  for (double log_r = -12.0 + 0.5 * kWidth; log_r < 40.0; log_r += kWidth) {
    const double r = std::exp(log_r);
    const double ring = 2.0 * std::numbers::pi * r * r * kWidth * profile.at(r, weights.data()).intensity;
    sum += ring;
    for (std::size_t k = 0; k < kValues.size(); ++k) sums[k] += ring * weights[k];
  }
  EXPECT_NEAR(total.value, sum, 1e-7 * sum);
  for (std::size_t k = 0; k < kValues.size(); ++k)
    EXPECT_NEAR(total.derivatives[static_cast<Eigen::Index>(k)], sums[k], 1e-6 * sum) << k;
}

TEST(SplineProfile, HasNoFiniteFluxWhereItFallsTooSlowly) {
  const std::vector<double> flat{0.0, -1.0, -2.0, -3.0};
  EXPECT_TRUE(std::isinf(SplineProfile(kEnd, flat).total().value));
}

}  // namespace
}  // namespace gaxel
