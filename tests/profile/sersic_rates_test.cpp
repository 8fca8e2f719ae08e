// Second derivatives of the Sersic law against mpmath, on every instruction set of the machine.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/simd_target.hpp"
#include "profile/moffat.hpp"
#include "profile/sersic.hpp"

namespace gaxel {
namespace {

struct Truth {
  double n, s, g_ss, g_sn, g_nn, mean_nn;
};

// n, s, d2g/ds2, d2g/dsdn, d2g/dn2, d2G/dn2 with G = F(<s)/(2 pi s): mpmath, 60 digits, central differences
// of relative step 1e-14.
constexpr Truth kTruth[] = {
    {0.1, 0.7, -0.02255122635270027, -0.17612406834304806, -0.39607207033234816, 0.20806770271449742},
    {0.5, 1.3, 0.043051423505625073, 0.03484607286443406, 0.18118626029016007, 0.020216932266762908},
    {1.0, 0.01, 185.73642996780998, -11.001027983503728, 0.11335243766535103, 0.15987465473491454},
    {1.0, 40.0, 2.1202092542718309e-7, -1.0091962146171239e-5, 0.00049250844396352326,
     -8.8306600940241567e-5},
    {2.5, 1.0e-6, 222371275437.44244, -644807.8649252025, 6.7528187381991306, 4.0053375777018611},
    {4.0, 2.0, 0.011061469962434149, 0.0015135274589200383, 0.00095804753321805521, 0.00034152771223810124},
    {10.0, 0.001, 10093068.024759742, -552.37974019240633, -0.092134979627896872, -0.0542496383009193},
    {20.0, 5.0, 0.00032544002370071624, 2.0631451515056875e-5, 6.6904378152971874e-6, 5.8310930031840913e-6},
    {20.0, 1.0e-12, 5.7367689374870772e+30, -1.2513588062384929e+18, 461175.5952049587, 578103.00169297961},
};

class SersicRates : public testing::Test {
 protected:
  void TearDown() override { use_simd_target(""); }
};

TEST_F(SersicRates, AgreeWithMpmathInVectorsAndByThemselves) {
  for (const std::string& target : simd_targets()) {
    use_simd_target(target);
    for (const Truth& t : kTruth) {
      const SersicLaw law(t.n);
      for (const std::size_t n : {std::size_t{1}, std::size_t{7}, std::size_t{263}}) {
        const std::vector<double> s(n, t.s);
        std::vector<double> values(3 * n);
        std::vector<double> rates(3 * n);
        const LawPartials to{values.data(), values.data() + n, values.data() + 2 * n};
        const LawPartials to_rates{rates.data(), rates.data() + n, rates.data() + 2 * n};
        std::vector<double> g(3 * n);
        law.evaluate_with_partials(s.data(), n, g.data(), g.data() + n, g.data() + 2 * n);
        const double g_s = g[n];
        const double g_n = g[2 * n];
        // Along s alone, along n alone, and along both at different paces.
        const double s_rate = 0.3 * t.s;
        const double n_rate = -0.7;
        for (const auto& [of_s, of_n] : {std::pair{s_rate, 0.0}, {0.0, n_rate}, {s_rate, n_rate}}) {
          const std::vector<double> s_rates(n, of_s);
          law.evaluate_with_rates(s.data(), s_rates.data(), n, &of_n, to, to_rates);
          const auto expect = [&](double found, double exact, double size) {
            EXPECT_NEAR(found, exact, 3e-13 * size) << target << " n " << t.n << " s " << t.s;
          };
          for (const std::size_t k : {std::size_t{0}, n / 2, n - 1}) {
            expect(to.g[k], g[0], std::abs(g[0]));
            expect(to.g_s[k], g_s, std::abs(g_s));
            expect(to.g_shapes[k], g_n, std::abs(g[0]));
            expect(to_rates.g[k], g_s * of_s + g_n * of_n, std::abs(g_s * of_s) + std::abs(g[0] * of_n));
            expect(to_rates.g_s[k], t.g_ss * of_s + t.g_sn * of_n,
                   std::abs(t.g_ss * of_s) + std::abs(g_s * of_n) + std::abs(t.g_sn * of_n));
            expect(to_rates.g_shapes[k], t.g_sn * of_s + t.g_nn * of_n,
                   std::abs(t.g_sn * of_s) + std::abs(g_s * of_s) +
                       (std::abs(t.g_nn) + std::abs(g[0])) * std::abs(of_n));
          }
        }
      }
    }
  }
}

TEST_F(SersicRates, OfTheEnclosedFluxAgreeWithMpmath) {
  for (const std::string& target : simd_targets()) {
    use_simd_target(target);
    for (const Truth& t : kTruth) {
      const SersicLaw law(t.n);
      const double rate = 0.4;
      double mean = 0.0;
      double d_n = 0.0;
      double d2_n = 0.0;
      law.enclosed_with_rates(&t.s, 1, &rate, &mean, &d_n, &d2_n);
      double known_mean = 0.0;
      double known_d_n = 0.0;
      law.enclosed(&t.s, 1, &known_mean, &known_d_n);
      EXPECT_EQ(mean, known_mean);
      EXPECT_NEAR(d_n, known_d_n, 1e-15 * mean);
      // What the terms amount to: beside the centre those of b and I0 to the power of some n.
      const double size = mean * (1.0 + 1.0 / (t.n * t.n));
      EXPECT_NEAR(d2_n, rate * t.mean_nn, 2e-13 * size) << target << " n " << t.n << " s " << t.s;
    }
  }
}

TEST_F(SersicRates, AtTheCentreAndWhereThereIsNoLightStayFinite) {
  for (const double n : {0.1, 0.25, 0.5, 1.0, 4.0, 20.0}) {
    const SersicLaw law(n);
    const std::vector<double> s{2.3e-308, 1e-200, 1e-90, 1e6, 1e30};
    const std::vector<double> s_rates{1e-154, 1e-100, 1e-45, 1e6, -1e30};
    const double n_rate = 0.5;
    std::vector<double> all(6 * s.size(), -1.0);
    double* const to = all.data();
    const std::size_t k = s.size();
    law.evaluate_with_rates(s.data(), s_rates.data(), k, &n_rate, {to, to + k, to + 2 * k},
                            {to + 3 * k, to + 4 * k, to + 5 * k});
    for (std::size_t i = 0; i < all.size(); ++i) EXPECT_TRUE(std::isfinite(all[i])) << n << " " << i;
  }
}

TEST_F(SersicRates, LawsWithoutThemSaySo) {
  EXPECT_TRUE(SersicLaw(2.0).has_rates());
  const MoffatLaw moffat(2.5);
  EXPECT_FALSE(moffat.has_rates());
  double numbers[6];
  EXPECT_THROW(moffat.evaluate_with_rates(numbers, numbers, 1, numbers, {}, {}), std::logic_error);
  EXPECT_THROW(moffat.enclosed_with_rates(numbers, 1, numbers, numbers, numbers, numbers), std::logic_error);
}

}  // namespace
}  // namespace gaxel
