// b_n and the incomplete gamma series against mpmath at 40 digits.
#include <gtest/gtest.h>

#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

#include "math/incomplete_gamma.hpp"
#include "math/sersic_b.hpp"

namespace gaxel {
namespace {

TEST(SersicB, AgreesWithMpmath) {
  const struct {
    double n;
    double b;
    double db_dn;
  } truth[] = {
      {0.1, 0.0207463391928248403, 0.7600537301666297}, {0.3, 0.315702017016107867, 1.805122173215202},
      {0.5, 0.693147180559945309, 1.936089660884089},   {1, 1.67834699001666065, 1.986589787452205},
      {2.5, 4.67090888279598372, 1.998186069885222},    {4, 7.6692494425008039, 1.999325736156706},
      {10, 19.6676724233056673, 1.99989760753262},      {20, 39.6671650106890994, 1.999974856494924},
  };
  for (const auto& t : truth) {
    const SersicB b = sersic_b(t.n);
    EXPECT_NEAR(b.b, t.b, 4e-15 * t.b) << t.n;
    EXPECT_NEAR(b.db_dn, t.db_dn, 1e-12 * t.db_dn) << t.n;
  }
}

TEST(SersicB, IsNanOutsideItsRange) {
  for (const double n : {0.0999, 20.001, -1.0, std::nan("")}) {
    EXPECT_TRUE(std::isnan(sersic_b(n).b)) << n;
  }
}

TEST(ScaledGammaSeries, AgreesWithMpmath) {
  const struct {
    double a;
    double x;
    double sum;
    double d_da;
    double d2_da2;
  } truth[] = {
      {0.2, 0.01, 4.99168934195510692, -24.99306586988162, 249.9884353071996},
      {0.2, 30, 2.32524252656064683, -20.20690928529968, 236.6808588886763},
      {1, 1e-8, 0.999999995000000017, -0.9999999975, 1.9999999975},
      {2, 3, 0.0889835251698382476, -0.08207371144796706, 0.1188692153311741},
      {8, 7.7, 0.000205737901616944356, -6.417001474952286e-5, 3.289276692671745e-5},
      {8, 60, 3.00068587105624141e-11, -6.23753497507949e-11, 1.336548554982483e-10},
      {40, 39.7, 1.14482302174708659e-18, -1.502597514924513e-19, 3.155990167205449e-20},
      {40, 120, 1.38782668856378842e-37, -1.542103566328503e-37, 1.748663512556929e-37},
  };
  for (const auto& t : truth) {
    const ScaledGammaSeries series = scaled_gamma_series(t.a, t.x);
    EXPECT_NEAR(series.sum / t.sum, 1.0, 2e-14) << t.a << " " << t.x;
    // mpmath's central difference itself is good to 1e-12.
    EXPECT_NEAR(series.d_da / t.d_da, 1.0, 1e-11) << t.a << " " << t.x;
    EXPECT_NEAR(series.d2_da2 / t.d2_da2, 1.0, 3e-14) << t.a << " " << t.x;
  }
}

TEST(ScaledGammaSeries, LimitIsWhereTheRestVanishes) {
  for (const double a : {0.2, 1.0, 5.0, 40.0}) {
    EXPECT_LT(boost::math::gamma_q(a, gamma_series_limit(a)), 1e-17) << a;
  }
}

}  // namespace
}  // namespace gaxel
