#include "gaxel/quadrature.hpp"

#include <gtest/gtest.h>

#include <boost/math/special_functions/legendre.hpp>
#include <cmath>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "gaxel/error.hpp"

namespace gaxel {
namespace {

/// The rule's integral of a function of a long double, summed with digits to spare.
long double integrate(const QuadratureRule& rule, const std::function<long double(long double)>& f) {
  long double sum = 0.0L;
  for (std::size_t k = 0; k < rule.size(); ++k) sum += rule.weights[k] * f(rule.nodes[k]);
  return sum;
}

/// The rule's integral of the Legendre polynomial P_degree, whose true integral is 0 (2 for degree 0).
double integrate_legendre(const QuadratureRule& rule, int degree) {
  return static_cast<double>(
      integrate(rule, [&](long double x) { return boost::math::legendre_p(degree, x); }));
}

/// The rule's integral of the Chebyshev polynomial T_degree.
double integrate_chebyshev(const QuadratureRule& rule, int degree) {
  return static_cast<double>(integrate(rule, [&](long double x) { return std::cos(degree * std::acos(x)); }));
}

/// True integral of T_degree for even degrees; odd ones vanish by symmetry.
double chebyshev_integral(int degree) {
  return 2.0 / (1.0 - static_cast<double>(degree) * degree);
}

struct Family {
  std::string name;
  std::function<QuadratureRule(int)> rule;
};

void PrintTo(const Family& family, std::ostream* stream) {
  *stream << family.name;
}

const std::vector<Family> kFamilies{
    {"gauss_legendre", gauss_legendre}, {"clenshaw_curtis", clenshaw_curtis}, {"midpoint", midpoint}};

class EveryRule : public testing::TestWithParam<Family> {};

TEST_P(EveryRule, AscendsLiesSymmetricallyAndSumsToTwo) {
  for (int order = 1; order <= kMaxQuadratureOrder; ++order) {
    const QuadratureRule rule = GetParam().rule(order);
    ASSERT_EQ(rule.size(), static_cast<std::size_t>(order));
    ASSERT_EQ(rule.weights.size(), rule.size());
    for (std::size_t k = 0; k < rule.size(); ++k) {
      EXPECT_EQ(rule.nodes[k], -rule.nodes[rule.size() - 1 - k]) << order;
      EXPECT_EQ(rule.weights[k], rule.weights[rule.size() - 1 - k]) << order;
      EXPECT_GT(rule.weights[k], 0.0) << order;
      EXPECT_LE(std::abs(rule.nodes[k]), 1.0) << order;
      if (k > 0) {
        EXPECT_LT(rule.nodes[k - 1], rule.nodes[k]) << order;
      }
    }
    if (order % 2 == 1) {
      EXPECT_FALSE(std::signbit(rule.nodes[rule.size() / 2])) << order;
    }
    EXPECT_NEAR(integrate_legendre(rule, 0), 2.0, 1e-15) << order;
  }
}

TEST_P(EveryRule, RefusesOrdersOutsideItsRange) {
  for (const int order : {-1, 0, 201, 1 << 30}) {
    try {
      GetParam().rule(order);
      ADD_FAILURE() << order << " was accepted";
    } catch (const InputError& error) {
      EXPECT_EQ(error.problem().source, GetParam().name);
      EXPECT_EQ(error.problem().key, "order");
      EXPECT_EQ(error.problem().value, std::to_string(order));
      EXPECT_EQ(error.problem().allowed, "1 to 200");
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Quadrature, EveryRule, testing::ValuesIn(kFamilies),
                         testing::PrintToStringParamName());

TEST(GaussLegendre, ThreeNodesAreTheKnownOnes) {
  const QuadratureRule& rule = gauss_legendre(3);
  EXPECT_DOUBLE_EQ(rule.nodes[2], std::sqrt(0.6));
  EXPECT_DOUBLE_EQ(rule.weights[0], 5.0 / 9.0);
  EXPECT_DOUBLE_EQ(rule.weights[1], 8.0 / 9.0);
}

TEST(GaussLegendre, NodesAndWeightsToTheLastPlace) {
  struct Known {
    int order;
    std::size_t index;
    double node;
    double weight;
  };
  // mpmath, 40 digits.
  const std::vector<Known> known{
      {20, 19, 0.99312859918509488466, 0.017614007139152117881},
      {20, 10, 0.076526521133497338312, 0.1527533871307258373},
      {64, 63, 0.99930504173577217042, 0.0017832807216964330181},
      {64, 32, 0.024350292663424432521, 0.048690957009139723688},
      {199, 198, 0.99992734839822017268, 0.0001864452138650315679},
      {199, 100, 0.01574663131736707411, 0.015745329687427211257},
      {200, 199, 0.99992807128506999703, 0.00018459009747129743778},
      {200, 150, 0.71124715509127789392, 0.011014182504056333964},
      {200, 100, 0.0078342911423063699844, 0.015668261715832253883},
  };
  const auto ulp = [](double value) { return std::nextafter(value, 2.0) - value; };
  for (const Known& exact : known) {
    const QuadratureRule& rule = gauss_legendre(exact.order);
    EXPECT_NEAR(rule.nodes[exact.index], exact.node, ulp(exact.node)) << exact.order;
    EXPECT_NEAR(rule.weights[exact.index], exact.weight, ulp(exact.weight)) << exact.order;
  }
}

TEST(GaussLegendre, ExactUpToDegreeTwiceTheOrderMinusOneAndNotBeyond) {
  for (int order = 1; order <= kMaxQuadratureOrder; ++order) {
    const QuadratureRule& rule = gauss_legendre(order);
    for (const int degree : {1, order / 2, order, 2 * order - 2, 2 * order - 1}) {
      if (degree > 0) {
        EXPECT_NEAR(integrate_legendre(rule, degree), 0.0, 1e-15) << order << " " << degree;
      }
    }
    // The error for x^(2n) is 2^(2n+1) n!^4 / ((2n+1) (2n)!^2) (Abramowitz & Stegun 25.4.30), and P_2n begins
    // with (4n)! / (2^(2n) (2n)!^2) x^(2n).
    const double log_error = std::log(2.0) + 4.0 * std::lgamma(order + 1.0) + std::lgamma(4.0 * order + 1.0) -
                             std::log(2.0 * order + 1.0) - 4.0 * std::lgamma(2.0 * order + 1.0);
    EXPECT_NEAR(integrate_legendre(rule, 2 * order), -std::exp(log_error), 1e-11) << order;
  }
}

TEST(ClenshawCurtis, SmallOrdersAreTheKnownRules) {
  EXPECT_EQ(clenshaw_curtis(1).nodes, (std::vector<double>{0.0}));
  EXPECT_EQ(clenshaw_curtis(1).weights, (std::vector<double>{2.0}));
  EXPECT_EQ(clenshaw_curtis(2).nodes, (std::vector<double>{-1.0, 1.0}));  // the trapezium
  EXPECT_EQ(clenshaw_curtis(2).weights, (std::vector<double>{1.0, 1.0}));
  EXPECT_EQ(clenshaw_curtis(3).nodes, (std::vector<double>{-1.0, 0.0, 1.0}));  // Simpson
  EXPECT_EQ(clenshaw_curtis(3).weights, (std::vector<double>{1.0 / 3.0, 4.0 / 3.0, 1.0 / 3.0}));
  EXPECT_EQ(clenshaw_curtis(5).nodes, (std::vector<double>{-1.0, -std::sqrt(0.5), 0.0, std::sqrt(0.5), 1.0}));
  EXPECT_EQ(clenshaw_curtis(5).weights,
            (std::vector<double>{1.0 / 15.0, 8.0 / 15.0, 0.8, 8.0 / 15.0, 1.0 / 15.0}));
}

TEST(ClenshawCurtis, NodesAndWeightsOfTheClosedForm) {
  const long double pi = std::acos(-1.0L);
  for (const int order : {2, 3, 4, 7, 8, 33, 100, 101, 199, 200}) {
    const QuadratureRule rule = clenshaw_curtis(order);
    const int n = order - 1;
    for (int k = 0; k <= n; ++k) {
      // Davis & Rabinowitz (1984), Methods of Numerical Integration, eq. 2.5.5.8.
      long double weight = 1.0L;
      for (int j = 1; j <= n / 2; ++j) {
        weight -= (2 * j == n ? 1.0L : 2.0L) * std::cos(2 * j * k * pi / n) / (4.0L * j * j - 1.0L);
      }
      weight *= (k == 0 || k == n ? 1.0L : 2.0L) / n;
      const auto index = static_cast<std::size_t>(k);
      EXPECT_NEAR(rule.nodes[index], static_cast<double>(-std::cos(k * pi / n)), 1.2e-16) << order;
      EXPECT_NEAR(rule.weights[index] / static_cast<double>(weight), 1.0, 1e-14) << order << " " << k;
    }
  }
}

TEST(ClenshawCurtis, ExactUpToDegreeOrderMinusOneAndNotBeyond) {
  for (int order = 2; order <= kMaxQuadratureOrder; ++order) {
    const QuadratureRule rule = clenshaw_curtis(order);
    const int n = order - 1;
    const double rounding = 1e-15 + 4e-17 * order;  // of the nodes, times the polynomials' slopes
    for (int degree = 0; degree <= n; degree += 2) {
      EXPECT_NEAR(integrate_chebyshev(rule, degree), chebyshev_integral(degree), rounding) << order;
    }
    // On the nodes T_(n+m) is T_(n-m): what the rule takes the next even polynomial for.
    const int next = n % 2 == 0 ? n + 2 : n + 1;
    EXPECT_NEAR(integrate_chebyshev(rule, next), chebyshev_integral(2 * n - next), rounding) << order;
    EXPECT_GT(std::abs(integrate_chebyshev(rule, next) - chebyshev_integral(next)), 1e-6) << order;
  }
}

TEST(Midpoint, ExactForLinesAndNotForParabolas) {
  EXPECT_EQ(midpoint(4).nodes, (std::vector<double>{-0.75, -0.25, 0.25, 0.75}));
  for (int order = 1; order <= kMaxQuadratureOrder; ++order) {
    const QuadratureRule rule = midpoint(order);
    EXPECT_NEAR(static_cast<double>(integrate(rule, [](long double x) { return 3.0L + 2.0L * x; })), 6.0,
                1e-15);
    // An interval of length h loses h^3 / 12.
    EXPECT_NEAR(static_cast<double>(integrate(rule, [](long double x) { return x * x; })),
                (1.0 - 1.0 / (static_cast<double>(order) * order)) * 2.0 / 3.0, 1e-15);
  }
}

}  // namespace
}  // namespace gaxel
