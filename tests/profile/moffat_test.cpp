// The Moffat law: its bounds against complex evaluation, its size and its enclosed flux against closed forms.
// What all laws must fulfil is in law_suite_test.cpp.
#include "profile/moffat.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>
#include <random>

#include "gaxel/error.hpp"
#include "profile/complex_reach.hpp"

namespace gaxel {
namespace {

TEST(MoffatLaw, BoundsHoldInTheComplexPlaneAndAreNotIdle) {
  std::mt19937_64 random(12);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  double tightest = 0.0;
  int tested = 0;
  for (int trial = 0; trial < 40000; ++trial) {
    const double beta = 1.01 * std::pow(99.0, unit(random));
    const MoffatLaw law(beta);
    const RandomReach reach(random);
    const double bound = reach.log_bound(law);
    if (!reach.holds() || std::isinf(bound)) continue;
    ++tested;
    const double k = 4.0 * (std::pow(2.0, 1.0 / beta) - 1.0);
    const double log_g = std::log((beta - 1.0) * k * std::numbers::inv_pi) -
                         beta * std::log(std::abs(1.0 + k * reach.v() * reach.v()));
    // Regions are told in single precision.
    const double slack = 1e-5 * (1.0 + beta);
    EXPECT_LE(log_g, bound + slack) << "beta " << beta << " v " << reach.v();
    tightest = std::max(tightest, std::exp(std::min(0.0, log_g - bound)));
  }
  EXPECT_GT(tested, 20000);
  EXPECT_GT(tightest, 0.9);
}

TEST(MoffatLaw, HalfOfThePeakLiesAtHalfOfTheWidth) {
  for (const double beta : {1.01, 1.5, 3.0, 4.765, 30.0, 100.0}) {
    const MoffatLaw law(beta);
    EXPECT_NEAR(law.value(0.25) / law.value(0.0), 0.5, 1e-14) << beta;
  }
}

TEST(MoffatLaw, EnclosedFluxOfBeta2IsRational) {
  // F = k s / (1 + k s), k = 4 (sqrt(2) - 1).
  const MoffatLaw law(2.0);
  const double k = 4.0 * (std::numbers::sqrt2 - 1.0);
  for (const double s : {1e-300, 1e-8, 0.3, 5.0, 1e9}) {
    double mean = 0.0;
    double d_beta = 0.0;
    law.enclosed(&s, 1, &mean, &d_beta);
    EXPECT_NEAR(mean * 2.0 * std::numbers::pi / k * (1.0 + k * s), 1.0, law.enclosed_rounding()) << s;
    EXPECT_TRUE(std::isfinite(d_beta));
  }
}

TEST(MoffatLaw, RefusesBetaOutsideItsRange) {
  for (const double beta : {1.0, 101.0, std::nan("")}) EXPECT_THROW(MoffatLaw{beta}, InputError);
}

}  // namespace
}  // namespace gaxel
