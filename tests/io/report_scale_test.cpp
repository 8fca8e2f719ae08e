#include "io/report/scale.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace gaxel::io::report {
namespace {

std::vector<std::string> labels(const std::vector<Tick>& ticks) {
  std::vector<std::string> list;
  for (const Tick& tick : ticks) list.push_back(tick.label);
  return list;
}

TEST(Ticks, LinearOnesAreRoundAndInside) {
  EXPECT_THAT(labels(linear_ticks(60.5, 200.5, 6)), testing::ElementsAre("100", "150", "200"));
  EXPECT_THAT(labels(linear_ticks(-0.5, 0.5, 5)), testing::ElementsAre("−0.4", "−0.2", "0", "0.2", "0.4"));
  EXPECT_THAT(labels(linear_ticks(0.0, 1.0, 10)),
              testing::ElementsAre("0", "0.2", "0.4", "0.6", "0.8", "1.0"));
}

TEST(Ticks, LinearOnesHoldTheirCount) {
  for (const int count : {1, 2, 3, 5, 8}) {
    for (const double low : {-1e6, -3.0, 0.0, 1e-7, 12345.0}) {
      for (const double range : {1e-6, 0.3, 1.0, 7.0, 4e8}) {
        const std::vector<Tick> ticks = linear_ticks(low, low + range, count);
        EXPECT_LE(static_cast<int>(ticks.size()), count);
        for (const Tick& tick : ticks) {
          EXPECT_GE(tick.value, low - 1e-6 * range);
          EXPECT_LE(tick.value, low + range * (1.0 + 1e-6));
        }
      }
    }
  }
}

TEST(Ticks, LogarithmicOnes) {
  EXPECT_THAT(labels(log_ticks(0.02, 3e5, 10)),
              testing::ElementsAre("0.1", "1", "10", "100", "1000", "10000", "10⁵"));
  EXPECT_THAT(labels(log_ticks(3.0, 80.0)), testing::ElementsAre("5", "10", "20", "50"));
  EXPECT_LE(log_ticks(1e-30, 1e30).size(), 7U);
}

TEST(Ticks, Labels) {
  EXPECT_EQ(tick_label(0.0), "0");
  EXPECT_EQ(tick_label(-2.5), "−2.5");
  EXPECT_EQ(tick_label(1e-7), "10⁻⁷");
  EXPECT_EQ(tick_label(-3e12), "−3×10¹²");
  EXPECT_EQ(tick_label(0.30000000000000004, 0.1), "0.3");
}

TEST(AsinhStretch, EndsAndInverse) {
  const AsinhStretch stretch(-2.0, 5000.0, 1.0, 3.0);
  EXPECT_DOUBLE_EQ(stretch(-2.0), 0.0);
  EXPECT_DOUBLE_EQ(stretch(5000.0), 1.0);
  for (double t = 0.0; t <= 1.0; t += 0.05) EXPECT_NEAR(stretch(stretch.inverse(t)), t, 1e-14);
  // asinh(x) = ln(x + sqrt(x^2 + 1))
  const auto raw = [](double v) {
    return std::log((v - 1.0) / 3.0 + std::sqrt((v - 1.0) * (v - 1.0) / 9.0 + 1.0));
  };
  EXPECT_NEAR(stretch(100.0), (raw(100.0) - raw(-2.0)) / (raw(5000.0) - raw(-2.0)), 1e-14);
}

TEST(AsinhStretch, RefusesEmptyRanges) {
  EXPECT_THROW(AsinhStretch(1.0, 1.0, 0.0, 1.0), std::invalid_argument);
  EXPECT_THROW(AsinhStretch(0.0, 1.0, 0.0, 0.0), std::invalid_argument);
}

TEST(AsinhStretch, LabelsOfTicksHaveRoom) {
  for (const AsinhStretch& stretch :
       {AsinhStretch(-0.01, 3.6, 0.0, 0.005), AsinhStretch(990.0, 65000.0, 1000.0, 20.0),
        AsinhStretch(-5.0, -1.0, -4.0, 0.1)}) {
    const std::vector<Tick> ticks = stretch.ticks(50.0);
    ASSERT_GE(ticks.size(), 3U);
    for (std::size_t i = 0; i < ticks.size(); ++i) {
      EXPECT_GE(ticks[i].value, stretch.low());
      EXPECT_LE(ticks[i].value, stretch.high());
      if (i == 0) continue;
      // Half of each label and a blank; ASCII labels but for the minus sign, which only makes them look
      // longer.
      const double room =
          0.5 * static_cast<double>(ticks[i].label.size() + ticks[i - 1].label.size()) - 2.0 + 1.0;
      EXPECT_GE(50.0 * (stretch(ticks[i].value) - stretch(ticks[i - 1].value)), room);
    }
  }
}

TEST(StretchFor, SpansSkyToPeak) {
  Image data({100, 100}, 50.0);
  const Image sigma({100, 100}, 2.0);
  data(40, 40) = 9000.0;
  data(10, 10) = 1e9;
  std::vector<std::uint8_t> used(10000, 1);
  used[10 * 100 + 10] = 0;
  const AsinhStretch stretch = stretch_for(data.view(), sigma.view(), used);
  EXPECT_LT(stretch.low(), 50.0);
  EXPECT_GT(stretch.low(), 30.0);
  EXPECT_LE(stretch.high(), 9000.0) << "masked light does not count";
  EXPECT_GT(stretch.high(), 60.0);
}

TEST(StretchFor, WorksWithoutAnyLight) {
  const Image data({3, 3}, std::numeric_limits<double>::quiet_NaN());
  const Image sigma({3, 3});
  for (const std::uint8_t value : {std::uint8_t{0}, std::uint8_t{1}}) {
    const std::vector<std::uint8_t> used(9, value);
    const AsinhStretch stretch = stretch_for(data.view(), sigma.view(), used);
    EXPECT_LT(stretch.low(), stretch.high());
    const AsinhStretch flat = stretch_for(sigma.view(), sigma.view(), used);
    EXPECT_LT(flat.low(), flat.high());
    EXPECT_TRUE(std::isfinite(flat(0.0)));
  }
}

TEST(ResidualLimit, HoldsNearlyAllAndIsRound) {
  std::mt19937 generator(1);
  std::normal_distribution<double> noise;
  Image residual({200, 200});
  for (double& value : residual.pixels()) value = noise(generator);
  const std::vector<std::uint8_t> used(40000, 1);
  EXPECT_EQ(residual_limit(residual.view(), used), 3.0);
  for (double& value : residual.pixels()) value *= 6.0;
  // 99 percent of a Gaussian lies within 2.576 sigma: 15.5 here.
  EXPECT_EQ(residual_limit(residual.view(), used), 20.0);
  EXPECT_EQ(residual_limit(residual.view(), std::vector<std::uint8_t>(40000, 0)), 3.0);
}

}  // namespace
}  // namespace gaxel::io::report
