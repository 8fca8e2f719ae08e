// The King law: its bounds against complex evaluation, its enclosed flux against closed forms, its range.
// What all laws must fulfil is in law_suite_test.cpp.
#include "profile/king.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>
#include <random>

#include "gaxel/error.hpp"
#include "profile/complex_reach.hpp"

namespace gaxel {
namespace {

TEST(KingLaw, BoundsHoldInTheComplexPlaneAndAreNotIdle) {
  std::mt19937_64 random(13);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  double tightest = 0.0;
  int tested = 0;
  for (int trial = 0; trial < 4000; ++trial) {
    const double alpha = 0.1 * std::pow(100.0, unit(random));
    const RandomReach reach(random);
    // Of radii up to just outside the region.
    const double c = reach.farthest() * (1.0 + std::pow(10.0, -4.0 + 4.0 * unit(random)));
    const KingLaw law(c, alpha);
    const double bound = reach.log_bound(law);
    if (!reach.holds() || std::isinf(bound)) continue;
    ++tested;
    const std::complex<double> base = 1.0 + reach.v() * reach.v();
    const double at_edge = std::pow(1.0 + c * c, -1.0 / alpha);
    const double k = law.value(0.0) / std::pow(1.0 - at_edge, alpha);
    const double log_g = std::log(k) + alpha * std::log(std::abs(std::pow(base, -1.0 / alpha) - at_edge));
    EXPECT_LE(log_g, bound + 1e-5 * (1.0 + alpha)) << "alpha " << alpha << " c " << c << " v " << reach.v();
    tightest = std::max(tightest, std::exp(std::min(0.0, log_g - bound)));
  }
  EXPECT_GT(tested, 1000);
  EXPECT_GT(tightest, 0.8);
}

TEST(KingLaw, NothingIsKnownWhereARegionReachesTheEdge) {
  std::mt19937_64 random(14);
  for (int trial = 0; trial < 100; ++trial) {
    const RandomReach reach(random);
    EXPECT_EQ(reach.log_bound(KingLaw(0.999 * reach.farthest(), 2.0)),
              std::numeric_limits<double>::infinity());
  }
}

// alpha = 1: g ~ 1 / (1 + s) - 1 / (1 + c^2). alpha = 2: the square of 1 / sqrt(1 + s) - 1 / sqrt(1 + c^2),
// King's law of 1962. Both integrate in closed form.
long double share_of_1(long double s, long double edge) {
  const auto part = [&](long double t) { return std::log1p(t) - t / (1.0L + edge); };
  return part(s) / part(edge);
}

long double share_of_2(long double s, long double edge) {
  const long double b = 1.0L / std::sqrt(1.0L + edge);
  const auto part = [&](long double t) {
    return std::log1p(t) - 4.0L * b * t / (std::sqrt(1.0L + t) + 1.0L) + b * b * t;
  };
  return part(s) / part(edge);
}

TEST(KingLaw, EnclosedFluxIsThatOfClosedForms) {
  for (const double c : {0.3, 2.0, 10.0, 300.0, 1e5}) {
    const KingLaw one(c, 1.0);
    const KingLaw two(c, 2.0);
    for (double x = 0.05; x < 1.0; x += 0.0371) {
      const double s = c * c * x * x;
      double mean = 0.0;
      one.enclosed(&s, 1, &mean, nullptr);
      EXPECT_NEAR(
          static_cast<double>(mean * 2.0L * std::numbers::pi_v<long double> * s / share_of_1(s, c * c)), 1.0,
          one.enclosed_rounding())
          << c << " " << x;
      two.enclosed(&s, 1, &mean, nullptr);
      EXPECT_NEAR(
          static_cast<double>(mean * 2.0L * std::numbers::pi_v<long double> * s / share_of_2(s, c * c)), 1.0,
          two.enclosed_rounding())
          << c << " " << x;
    }
  }
}

TEST(KingLaw, ShapeIsThatOfADiscWhereTheCoreIsFarLargerThanTheEdge) {
  // (1 + s)^(-1/alpha) is then a straight line: g ~ (1 - s / c^2)^alpha, whose flux is 1 - (1 - s /
  // c^2)^(alpha + 1).
  for (const double alpha : {0.1, 0.5, 3.0, 10.0}) {
    const KingLaw law(1e-7, alpha);
    for (const double x : {1e-3, 0.3, 0.9, 0.999999}) {
      const double s = 1e-14 * x;
      double mean = 0.0;
      law.enclosed(&s, 1, &mean, nullptr);
      const double exact = -std::expm1((alpha + 1.0) * std::log1p(-x));
      EXPECT_NEAR(2.0 * std::numbers::pi * s * mean / exact, 1.0, 1e-12) << alpha << " " << x;
    }
  }
}

TEST(KingLaw, RefusesShapesOutsideItsRange) {
  EXPECT_THROW(KingLaw(5.0, 0.09), InputError);
  EXPECT_THROW(KingLaw(5.0, 10.1), InputError);
  EXPECT_THROW(KingLaw(0.0, 2.0), InputError);
  EXPECT_THROW(KingLaw(std::nan(""), 2.0), InputError);
}

}  // namespace
}  // namespace gaxel
