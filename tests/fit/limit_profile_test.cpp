// Profile likelihoods of parameters that are limited to others, against sums of squares in closed form.
#include <gtest/gtest.h>

#include <Eigen/Core>
#include <algorithm>
#include <vector>

#include "fit/fit_support.hpp"
#include "gaxel/uncertainty.hpp"

namespace gaxel {
namespace {

constexpr Shape kShape{32, 32};

std::vector<Band> band_of(const Observation& observation) {
  return {{"", {}, &observation}};
}

/// Two fluxes of fixed shapes side by side, of which the second is at most half of the first, though more in
/// the image.
struct LimitedFluxes {
  Observation observation;
  Scene scene;

  LimitedFluxes() {
    const test::Galaxy first{11.0, 16.2, 300.0, 2.5, 0.7, 0.6};
    const test::Galaxy second{20.0, 15.0, 200.0, 2.0, 0.8, 1.2};
    Image data(kShape);
    test::add_gaussian(data, first);
    test::add_gaussian(data, second);
    observation = test::observe(std::move(data), 1.0);
    scene = {{test::gaussian(first, "first"), test::gaussian(second, "second")}};
    for (SceneComponent& component : scene.components) {
      for (Parameter& parameter : component.parameters) parameter.free = false;
      component.parameter(Role::kFlux).free = true;
    }
    scene.components[1].parameter(Role::kFlux).limit = Limit{0, kFlux, true, 0.0, 0.5};
  }

  static constexpr std::size_t kFlux = 2;

  /// The least chi2 of all first fluxes, by squares of images, with the second flux held. The other way round
  /// too.
  double chi2(std::size_t held, double value) const {
    Eigen::Matrix2d square = Eigen::Matrix2d::Zero();
    Eigen::Vector2d product = Eigen::Vector2d::Zero();
    double data = 0.0;
    std::vector<Image> units;
    const std::vector<test::Galaxy> galaxies{{11.0, 16.2, 1.0, 2.5, 0.7, 0.6},
                                             {20.0, 15.0, 1.0, 2.0, 0.8, 1.2}};
    for (const test::Galaxy& galaxy : galaxies) {
      Image& unit = units.emplace_back(kShape);
      test::add_gaussian(unit, galaxy);
    }
    for (std::size_t i = 0; i < units[0].size(); ++i) {
      const Eigen::Vector2d own{units[0].data()[i], units[1].data()[i]};
      square += own * own.transpose();
      product += own * observation.data.data()[i];
      data += observation.data.data()[i] * observation.data.data()[i];
    }
    Eigen::Vector2d flux;
    if (held == 1) {
      const double best = (product[0] - square(0, 1) * value) / square(0, 0);
      flux = {std::max(best, 2.0 * value), value};
    } else {
      const double best = (product[1] - square(0, 1) * value) / square(1, 1);
      flux = {value, std::min(best, 0.5 * value)};
    }
    return data - 2.0 * flux.dot(product) + flux.dot(square * flux);
  }
};

TEST(Profile, KeepsTheLimitOfAHeldParameter) {
  const LimitedFluxes limited;
  const std::vector<Band> bands = band_of(limited.observation);
  const FitResult best = fit(bands, limited.scene);
  ASSERT_EQ(best.flags[1][LimitedFluxes::kFlux], ParameterFlag::kAtBound);
  const ProfiledFit profiled = profile_likelihood(bands, best, {});
  EXPECT_EQ(profiled.n_restarts, 0);
  ASSERT_EQ(profiled.result.intervals.size(), 2U);
  for (const ProfileInterval& interval : profiled.result.intervals) {
    ASSERT_EQ(interval.low_end, IntervalEnd::kFound);
    ASSERT_EQ(interval.high_end, IntervalEnd::kFound);
    for (const double end : {interval.low, interval.high})
      EXPECT_NEAR(limited.chi2(interval.free_value, end) - best.chi2, 1.0, 0.02) << interval.free_value;
  }
}

TEST(Profile, EndsWhereTheRangeOfWhatItIsLimitedToDoes) {
  LimitedFluxes limited;
  const std::vector<Band> bands = band_of(limited.observation);
  const double found = fit(bands, limited.scene).free_values[0].value;
  limited.scene.components[0].parameter(Role::kFlux).max = found + 2.0;
  const FitResult best = fit(bands, limited.scene);
  const ProfiledFit profiled = profile_likelihood(bands, best, {}, {{1}});
  ASSERT_EQ(profiled.result.intervals.size(), 1U);
  EXPECT_EQ(profiled.result.intervals[0].high_end, IntervalEnd::kAtRange);
  EXPECT_NEAR(profiled.result.intervals[0].high, 0.5 * (found + 2.0), 1e-9);
}

}  // namespace
}  // namespace gaxel
