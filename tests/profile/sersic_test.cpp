// The Sersic law against mpmath at 40 digits, its bounds against complex evaluation, its kernels on every
// instruction set of the machine against extended precision.
#include "profile/sersic.hpp"

#include <gtest/gtest.h>

#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <complex>
#include <numbers>
#include <random>
#include <string>
#include <vector>

#include "base/simd_target.hpp"
#include "gaxel/error.hpp"
#include "profile/complex_reach.hpp"

namespace gaxel {
namespace {

struct Truth {
  double n, s, g, g_s, g_n, mean, mean_n;
};

// n, s, g, dg/ds, dg/dn, G = F(<s)/(2 pi s), dG/dn: mpmath, 40 digits, central differences of step 1e-12.
constexpr Truth kTruth[] = {
    {0.1, 0.7, 0.15914815350743076, -0.0039637407602795862, -0.0056505532745983104, 0.079805661828133024,
     0.0094144749240899546},
    {0.1, 3, 0.001032478234059879, -0.008675158179471094, 0.095386936641746738, 0.053033641084050741,
     -0.002143168490450182},
    {0.5, 1.3, 0.08960589747274373, -0.062110075194775846, -0.074327714491294498, 0.072706116255945536,
     -0.0089953193512491282},
    {1, 0.01, 0.37904777881471714, -3.1808684932309073, 0.36853092812079591, 0.20058702913428001,
     0.22763822072885601},
    {1, 40, 1.1006146126269616e-5, -1.4603502765886605e-6, 9.4338367425977584e-5, 0.0039777390277923467,
     -1.1885783722976927e-5},
    {2.5, 1e-6, 4.3922091182110974, -258889.47826814639, 5.963011541039768, 2.3086897033541496,
     3.2755337760098036},
    {4, 2, 0.022038627391102918, -0.01151983271537867, -0.0026538351937026704, 0.047468892137817651,
     -0.00093524604925405571},
    {10, 1e-3, 8.8068845833303163, -6131.1970685020212, 0.47442695116029672, 11.686451103603401,
     1.4119858117128231},
    {20, 5, 0.003925843239755201, -0.00081060330727426749, -9.36669841434019e-5, 0.019122615783253097,
     -7.8961377327027376e-5},
    {20, 1e-12, 7841215.4187815758, -3.8972167164148002e+18, 2243628.1810523135, 7470216.6507876731,
     2379625.4388894766},
};

struct EnclosedFlux {
  double mean;
  double d_shape;
};

EnclosedFlux enclosed_at(const SersicLaw& law, double s) {
  EnclosedFlux flux{};
  law.enclosed(&s, 1, &flux.mean, &flux.d_shape);
  return flux;
}

TEST(SersicLaw, EnclosedFluxIsTheIncompleteGammaFunction) {
  for (const std::string& target : simd_targets()) {
    use_simd_target(target);
    for (const double n : {0.1, 0.3, 0.5, 1.0, 2.3, 4.0, 7.0, 11.0, 20.0}) {
      const SersicLaw law(n);
      // Around the place where the series ends, too, and more values than one pass takes.
      std::vector<double> s;
      std::vector<long double> exact;
      const long double a = 2.0L * n;
      for (double x = 1e-3; x < 3.0 * (2.0 * n + 100.0); x *= 1.037) {
        s.push_back(std::pow(x / law.constants().b, 2.0 * n));
        const long double at = law.constants().b * std::pow(static_cast<long double>(s.back()), 1.0L / a);
        exact.push_back(boost::math::gamma_p(a, at) / (2.0L * std::numbers::pi_v<long double> * s.back()));
      }
      std::vector<double> mean(s.size());
      law.enclosed(s.data(), s.size(), mean.data(), nullptr);
      double largest = 0.0;
      for (std::size_t k = 0; k < s.size(); ++k) {
        const auto error = static_cast<double>(std::abs(mean[k] / exact[k] - 1.0L));
        EXPECT_LE(error, law.enclosed_rounding()) << target << " n " << n << " s " << s[k];
        largest = std::max(largest, error);
      }
      EXPECT_GT(largest, 0.1 * law.enclosed_rounding()) << target << " n " << n;
    }
  }
  use_simd_target("");
}

TEST(SersicLaw, AgreesWithMpmath) {
  for (const Truth& t : kTruth) {
    const SersicLaw law(t.n);
    double g = 0.0;
    double g_s = 0.0;
    double g_n = 0.0;
    law.evaluate_with_partials(&t.s, 1, &g, &g_s, &g_n);
    EXPECT_NEAR(g / t.g, 1.0, 3e-14) << t.n << " " << t.s;
    EXPECT_NEAR(law.value(t.s) / t.g, 1.0, 3e-14) << t.n << " " << t.s;
    EXPECT_NEAR(g_s / t.g_s, 1.0, 3e-14) << t.n << " " << t.s;
    EXPECT_NEAR(g_n / t.g_n, 1.0, 2e-12) << t.n << " " << t.s;
    const EnclosedFlux enclosed = enclosed_at(law, t.s);
    EXPECT_NEAR(enclosed.mean / t.mean, 1.0, 3e-14) << t.n << " " << t.s;
    EXPECT_NEAR(enclosed.d_shape / t.mean_n, 1.0, 2e-12) << t.n << " " << t.s;
  }
}

TEST(SersicLaw, CentreAndFarAwayAreFinite) {
  for (const double n : {0.1, 0.5, 1.0, 4.0, 20.0}) {
    const SersicLaw law(n);
    const double i0 = law.constants().i0;
    EXPECT_DOUBLE_EQ(law.value(0.0), i0);
    // s = 0 counts as the smallest normal number, where x is still 1e-7 for n = 20.
    EXPECT_NEAR(enclosed_at(law, 0.0).mean, 0.5 * i0, (n > 10.0 ? 1e-6 : 1e-14) * i0);
    EXPECT_TRUE(std::isfinite(enclosed_at(law, 0.0).d_shape));
    const double far = 1e30;
    EXPECT_NEAR(enclosed_at(law, far).mean * 2.0 * std::numbers::pi * far, 1.0, 1e-14);
    double g = -1.0;
    law.evaluate(&far, 1, &g);
    EXPECT_GE(g, 0.0);
    EXPECT_LT(g, 1e-20);
  }
}

TEST(SersicLaw, LogarithmsAgreeWithValues) {
  for (const double n : {0.1, 0.5, 1.0, 3.3, 20.0}) {
    const SersicLaw law(n);
    const std::vector<double> s = {0.0, 1e-300, 1e-9, 0.03, 1.0, 1.7, 2.2};
    std::vector<double> log_g(s.size());
    law.log_values(s.data(), s.size(), log_g.data());
    for (std::size_t k = 0; k < s.size(); ++k) {
      const double exact = law.constants().log_i0 - law.constants().b * std::pow(s[k], 0.5 / n);
      EXPECT_NEAR(log_g[k], exact, k == 0 ? 2e-6 : 1e-13 * (1.0 + std::abs(exact))) << n << " " << s[k];
    }
  }
}

TEST(SersicLaw, BoundsHoldInTheComplexPlaneAndAreNotIdle) {
  std::mt19937_64 random(11);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  double tightest = 0.0;
  int tested = 0;
  for (int trial = 0; trial < 40000; ++trial) {
    const double n = 0.1 * std::pow(200.0, unit(random));
    const SersicLaw law(n);
    const RandomReach reach(random);
    if (!reach.holds()) continue;
    const std::complex<double> v = reach.v();
    const double bound = reach.log_bound(law);
    ++tested;
    const double log_g = law.constants().log_i0 - law.constants().b * std::pow(v, 1.0 / n).real();
    const double slack = 1e-5 * (1.0 + law.constants().b * std::pow(std::abs(v), 1.0 / n));
    EXPECT_LE(log_g, bound + slack) << "n " << n << " v " << v;
    tightest = std::max(tightest, std::exp(std::min(0.0, log_g - bound)));
  }
  EXPECT_GT(tested, 20000);
  EXPECT_GT(tightest, 0.9);
}

TEST(SersicLaw, RangesOfRealValuesHold) {
  const SersicLaw law(3.0);
  const std::array s_min = {0.5, 0.01};
  const std::array s_max = {2.0, 0.03};
  std::array<double, 2> at_min;
  std::array<double, 2> at_max;
  law.log_values(s_min.data(), 2, at_min.data());
  law.log_values(s_max.data(), 2, at_max.data());
  std::array<double, 2> log_min;
  std::array<double, 2> log_max;
  law.log_extremes({2, s_min.data(), s_max.data(), at_min.data(), at_max.data()}, log_min.data(),
                   log_max.data());
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_NEAR(log_max[i], std::log(law.value(s_min[i])), 1e-14);
    EXPECT_NEAR(log_min[i], std::log(law.value(s_max[i])), 1e-14);
  }
}

TEST(SersicLaw, RefusesIndicesOutsideItsRange) {
  for (const double n : {0.05, 20.5, std::nan("")}) {
    EXPECT_THROW(SersicLaw{n}, InputError);
  }
}

// Values in extended precision with the constants as rounded: what the kernel is asked to compute.
long double exact_value(const SersicConstants& c, double s) {
  const long double w =
      std::exp(static_cast<long double>(c.log_b) +
               static_cast<long double>(c.exponent) * std::log(static_cast<long double>(s)));
  return std::exp(static_cast<long double>(c.log_i0) - w);
}

TEST(SersicKernel, EveryInstructionSetKeepsTheStatedRounding) {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  for (const std::string& target : simd_targets()) {
    use_simd_target(target);
    for (const double n : {0.1, 0.37, 0.5, 0.554, 0.557, 1.0, 2.5, 4.0, 20.0}) {
      const SersicLaw law(n);
      std::vector<double> s(1003);  // not a multiple of any vector length
      for (double& value : s) {
        value = std::pow(10.0, -12.0 + 15.0 * unit(random));
      }
      std::vector<double> g(s.size());
      std::vector<double> g2(s.size());
      std::vector<double> g_s(s.size());
      std::vector<double> g_n(s.size());
      law.evaluate(s.data(), s.size(), g.data());
      law.evaluate_with_partials(s.data(), s.size(), g2.data(), g_s.data(), g_n.data());
      for (std::size_t i = 0; i < s.size(); ++i) {
        const auto exact = static_cast<double>(exact_value(law.constants(), s[i]));
        if (exact < 1e-290) {
          EXPECT_LT(g[i], 1e-280);
          continue;
        }
        const double allowed = law.rounding(g[i], 0.0) * exact;
        EXPECT_NEAR(g[i], exact, allowed) << target << " n " << n << " s " << s[i];
        EXPECT_NEAR(g2[i], exact, allowed) << target << " n " << n << " s " << s[i];
        const double w = law.constants().b * std::pow(s[i], law.constants().exponent);
        const double slope = -law.constants().exponent * w / s[i] * exact;
        const double rounding_of_w =
            2.3e-16 * (8.0 + 6.0 * law.constants().exponent * std::abs(std::log(s[i])));
        EXPECT_NEAR(g_s[i], slope, (law.rounding(g[i], 0.0) + rounding_of_w) * std::abs(slope));
      }
    }
  }
  use_simd_target("");
}

// Whatever the number of values, and in place: the ends of vectors and of blocks.
TEST(SersicKernel, EveryCountOnEveryInstructionSet) {
  for (const std::string& target : simd_targets()) {
    use_simd_target(target);
    for (const double n : {0.3, 0.5, 1.0, 4.0}) {
      const SersicLaw law(n);
      const auto exact = [&law](std::size_t i) { return 0.05 * static_cast<double>(i + 1); };
      for (std::size_t count = 0; count < 600; count += count < 40 || (count > 250 && count < 275) ? 1 : 37) {
        std::vector<double> s(count + 1);
        for (std::size_t i = 0; i < count; ++i) s[i] = exact(i);
        s[count] = -7.0;
        std::vector<double> g(count + 1, -7.0);
        std::vector<double> g_s(count + 1, -7.0);
        std::vector<double> g_n(count + 1, -7.0);
        std::vector<double> log_g(count + 1, -7.0);
        law.evaluate_with_partials(s.data(), count, g.data(), g_s.data(), g_n.data());
        law.log_values(s.data(), count, log_g.data());
        law.evaluate(s.data(), count, s.data());
        for (std::size_t i = 0; i < count; ++i) {
          const SersicConstants& c = law.constants();
          const double w = c.b * std::pow(exact(i), c.exponent);
          const double value = c.i0 * std::exp(-w);
          const double slope = -c.exponent * w / exact(i) * value;
          const double by_n =
              value * (c.dlog_i0_dn - w * (c.dlog_b_dn - 2.0 * c.exponent * c.exponent * std::log(exact(i))));
          const double rounding = 2.0 * law.rounding(value, 0.0);
          const auto where = [&] {
            return target + " n " + std::to_string(n) + " " + std::to_string(i) + " of " +
                   std::to_string(count);
          };
          ASSERT_NEAR(s[i], value, rounding * value) << where();
          ASSERT_NEAR(g[i], value, rounding * value) << where();
          ASSERT_NEAR(g_s[i], slope, rounding * std::abs(slope)) << where();
          ASSERT_NEAR(g_n[i], by_n, rounding * value * (2.0 + w)) << where();
          ASSERT_NEAR(log_g[i], c.log_i0 - w, rounding) << where();
        }
        for (const auto& array : {s, g, g_s, g_n, log_g}) ASSERT_EQ(array[count], -7.0) << count;
      }
    }
  }
  use_simd_target("");
}

}  // namespace
}  // namespace gaxel
