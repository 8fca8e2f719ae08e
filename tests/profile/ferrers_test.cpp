// The Ferrers law: its bounds against complex evaluation, its enclosed flux against closed forms, its range.
// What all laws must fulfil is in law_suite_test.cpp.
#include "profile/ferrers.hpp"

#include <gtest/gtest.h>

#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <complex>
#include <numbers>
#include <random>

#include "gaxel/error.hpp"
#include "profile/complex_reach.hpp"

namespace gaxel {
namespace {

double enclosed_flux(const FerrersLaw& law, double s) {
  double mean = 0.0;
  law.enclosed(&s, 1, &mean, nullptr);
  return 2.0 * std::numbers::pi * s * mean;
}

TEST(FerrersLaw, BoundsHoldInTheComplexPlaneAndAreNotIdle) {
  std::mt19937_64 random(15);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  double tightest = 0.0;
  int tested = 0;
  for (int trial = 0; trial < 20000; ++trial) {
    const double alpha = 0.1 * std::pow(100.0, unit(random));
    const double p = 0.1 * std::pow(100.0, unit(random));
    const FerrersLaw law(alpha, 2.0 - p);
    RandomReach reach(random);
    reach.scale((1.0 - std::pow(10.0, -4.0 + 4.0 * unit(random))) / reach.farthest());
    const double bound = reach.log_bound(law);
    if (!reach.holds() || std::isinf(bound)) continue;
    ++tested;
    const double log_g = std::log(law.value(0.0)) + alpha * std::log(std::abs(1.0 - std::pow(reach.v(), p)));
    EXPECT_LE(log_g, bound + 1e-5 * (1.0 + alpha)) << "alpha " << alpha << " p " << p << " v " << reach.v();
    tightest = std::max(tightest, std::exp(std::min(0.0, log_g - bound)));
  }
  EXPECT_GT(tested, 8000);
  EXPECT_GT(tightest, 0.9);
}

TEST(FerrersLaw, NothingIsKnownWhereARegionReachesTheEdge) {
  std::mt19937_64 random(16);
  for (int trial = 0; trial < 100; ++trial) {
    RandomReach reach(random);
    reach.scale(1.001 / reach.farthest());
    EXPECT_EQ(reach.log_bound(FerrersLaw(1.0, 0.0)), std::numeric_limits<double>::infinity());
  }
}

TEST(FerrersLaw, EnclosedFluxIsThatOfClosedForms) {
  for (const double s : {1e-300, 1e-12, 0.01, 0.3, 0.499, 0.501, 0.9, 1.0 - 1e-12}) {
    // alpha = 1: the integral of 1 - r^p. beta = 0: 1 - (1 - s)^(alpha + 1).
    for (const double beta : {-8.0, -1.0, 0.0, 1.0, 1.9}) {
      const double p = 2.0 - beta;
      const double exact = s * (1.0 + 2.0 / p * -std::expm1(0.5 * p * std::log(s)));
      EXPECT_NEAR(enclosed_flux(FerrersLaw(1.0, beta), s) / exact, 1.0, 3e-14) << beta << " " << s;
    }
    for (const double alpha : {0.1, 0.5, 2.0, 10.0}) {
      const double exact = -std::expm1((alpha + 1.0) * std::log1p(-s));
      EXPECT_NEAR(enclosed_flux(FerrersLaw(alpha, 0.0), s) / exact, 1.0, 3e-14) << alpha << " " << s;
    }
  }
}

TEST(FerrersLaw, EnclosedFluxIsTheIncompleteBetaFunction) {
  std::mt19937_64 random(17);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  for (int trial = 0; trial < 3000; ++trial) {
    const double alpha = 0.1 * std::pow(100.0, unit(random));
    const double p = 0.1 * std::pow(100.0, unit(random));
    const long double s = unit(random);
    const long double exact = boost::math::ibeta<long double>(2.0L / p, alpha + 1.0L, std::pow(s, 0.5L * p));
    const FerrersLaw law(alpha, 2.0 - p);
    EXPECT_NEAR(static_cast<double>(enclosed_flux(law, static_cast<double>(s)) / exact), 1.0,
                law.enclosed_rounding())
        << "alpha " << alpha << " p " << p << " s " << static_cast<double>(s);
  }
}

TEST(FerrersLaw, RefusesShapesOutsideItsRange) {
  EXPECT_THROW(FerrersLaw(0.09, 0.0), InputError);
  EXPECT_THROW(FerrersLaw(10.1, 0.0), InputError);
  EXPECT_THROW(FerrersLaw(1.0, 1.91), InputError);
  EXPECT_THROW(FerrersLaw(1.0, std::nan("")), InputError);
}

}  // namespace
}  // namespace gaxel
