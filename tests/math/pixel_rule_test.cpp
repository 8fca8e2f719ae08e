#include <gtest/gtest.h>

#include <array>
#include <boost/math/special_functions/legendre.hpp>
#include <cmath>
#include <functional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "gaxel/error.hpp"
#include "gaxel/quadrature.hpp"

namespace gaxel {
namespace {

constexpr std::array kKronrodOrders{15, 21, 31, 41, 51, 61};

using Triple = std::tuple<double, double, double>;

/// The points of a rule with their weights, in no order.
std::multiset<Triple> triples(const PixelRule& rule) {
  std::multiset<Triple> all;
  for (std::size_t k = 0; k < rule.size(); ++k) all.emplace(rule.di[k], rule.dj[k], rule.weights[k]);
  return all;
}

double sum(const std::vector<double>& values) {
  long double total = 0.0L;
  for (const double value : values) total += value;
  return static_cast<double>(total);
}

/// The rule's integral of i^a j^b over the square.
double integrate(const PixelRule& rule, int a, int b) {
  long double total = 0.0L;
  for (std::size_t k = 0; k < rule.size(); ++k) {
    total += static_cast<long double>(rule.weights[k]) * std::pow(static_cast<long double>(rule.di[k]), a) *
             std::pow(static_cast<long double>(rule.dj[k]), b);
  }
  return static_cast<double>(total);
}

/// The integral of x^power over an interval of the length given around 0.
double power_integral(int power, double length) {
  return power % 2 == 1 ? 0.0 : 2.0 * std::pow(0.5 * length, power + 1) / (power + 1);
}

/// The key that a call complains about.
std::string refused_key(const std::function<void()>& call) {
  try {
    call();
  } catch (const InputError& error) {
    return error.problem().key;
  }
  return "accepted";
}

TEST(GaussKronrod, TheTablesOf7And15Nodes) {
  // Kronrod (1965), as printed in the study that gaxel grew from.
  const KronrodPair pair = gauss_kronrod(15);
  EXPECT_EQ(
      pair.gauss_nodes,
      (std::vector<double>{0.000000000000000000000000000000000e+00, -4.058451513773971669066064120769615e-01,
                           4.058451513773971669066064120769615e-01, -7.415311855993944398638647732807884e-01,
                           7.415311855993944398638647732807884e-01, -9.491079123427585245261896840478513e-01,
                           9.491079123427585245261896840478513e-01}));
  EXPECT_EQ(
      pair.gauss_weights,
      (std::vector<double>{4.179591836734693877551020408163265e-01, 3.818300505051189449503697754889751e-01,
                           3.818300505051189449503697754889751e-01, 2.797053914892766679014677714237796e-01,
                           2.797053914892766679014677714237796e-01, 1.294849661688696932706114326790820e-01,
                           1.294849661688696932706114326790820e-01}));
  EXPECT_EQ(
      pair.shared_weights,
      (std::vector<double>{2.094821410847278280129991748917143e-01, 1.903505780647854099132564024210137e-01,
                           1.903505780647854099132564024210137e-01, 1.406532597155259187451895905102379e-01,
                           1.406532597155259187451895905102379e-01, 6.309209262997855329070066318920429e-02,
                           6.309209262997855329070066318920429e-02}));
  EXPECT_EQ(pair.added_nodes,
            (std::vector<double>{
                -2.077849550078984676006894037732449e-01, 2.077849550078984676006894037732449e-01,
                -5.860872354676911302941448382587296e-01, 5.860872354676911302941448382587296e-01,
                -8.648644233597690727897127886409262e-01, 8.648644233597690727897127886409262e-01,
                -9.914553711208126392068546975263285e-01, 9.914553711208126392068546975263285e-01}));
  EXPECT_EQ(pair.added_weights,
            (std::vector<double>{
                2.044329400752988924141619992346491e-01, 2.044329400752988924141619992346491e-01,
                1.690047266392679028265834265985503e-01, 1.690047266392679028265834265985503e-01,
                1.047900103222501838398763225415180e-01, 1.047900103222501838398763225415180e-01,
                2.293532201052922496373200805896959e-02, 2.293532201052922496373200805896959e-02}));
}

TEST(GaussKronrod, SharesTheNodesOfGauss) {
  for (const int order : kKronrodOrders) {
    const KronrodPair pair = gauss_kronrod(order);
    const QuadratureRule& gauss = gauss_legendre((order - 1) / 2);
    ASSERT_EQ(pair.gauss_nodes.size(), gauss.size());
    ASSERT_EQ(pair.added_nodes.size(), gauss.size() + 1);
    std::set<std::pair<double, double>> shared;
    for (std::size_t k = 0; k < gauss.size(); ++k) {
      shared.emplace(pair.gauss_nodes[k], pair.gauss_weights[k]);
    }
    std::size_t k = 0;
    for (const auto& [node, weight] : shared) {
      EXPECT_DOUBLE_EQ(node, gauss.nodes[k]) << order;
      EXPECT_DOUBLE_EQ(weight, gauss.weights[k]) << order;
      ++k;
    }
    EXPECT_EQ(k, gauss.size());
  }
}

TEST(GaussKronrod, NodesAscendAndAlternate) {
  for (const int order : kKronrodOrders) {
    const KronrodPair pair = gauss_kronrod(order);
    const QuadratureRule rule = pair.kronrod();
    ASSERT_EQ(rule.size(), static_cast<std::size_t>(order));
    const std::set<double> gauss(pair.gauss_nodes.begin(), pair.gauss_nodes.end());
    for (std::size_t k = 0; k < rule.size(); ++k) {
      if (k > 0) {
        EXPECT_LT(rule.nodes[k - 1], rule.nodes[k]);
      }
      EXPECT_EQ(gauss.contains(rule.nodes[k]), k % 2 == 1) << order << " " << k;
      EXPECT_EQ(rule.nodes[k], -rule.nodes[rule.size() - 1 - k]);
      EXPECT_EQ(rule.weights[k], rule.weights[rule.size() - 1 - k]);
    }
  }
}

TEST(GaussKronrod, ExactUpToItsDegreeAndNotBeyond) {
  for (const int order : kKronrodOrders) {
    const QuadratureRule rule = gauss_kronrod(order).kronrod();
    const int m = (order - 1) / 2;
    const auto integral = [&](int degree) {
      long double total = 0.0L;
      for (std::size_t k = 0; k < rule.size(); ++k) {
        total += rule.weights[k] * boost::math::legendre_p(degree, static_cast<long double>(rule.nodes[k]));
      }
      return static_cast<double>(total);
    };
    EXPECT_NEAR(integral(0), 2.0, 5e-16) << order;
    // 3 m + 1, and by symmetry one more when that is even.
    const int last = 3 * m + 1 + m % 2;
    for (int degree = 1; degree <= last; ++degree) EXPECT_NEAR(integral(degree), 0.0, 5e-16) << order;
    EXPECT_GT(std::abs(integral(last + 1)), 1e-5) << order;
  }
}

TEST(GaussKronrod, RefusesOrdersItDoesNotHave) {
  for (const int order : {-15, 0, 7, 14, 16, 63, 1 << 30}) {
    EXPECT_EQ(refused_key([&] { gauss_kronrod(order); }), "order") << order;
  }
  try {
    gauss_kronrod(14);
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "gauss_kronrod: order = 14: no such Kronrod rule (15, 21, 31, 41, 51 or 61)");
  }
}

TEST(TensorRule, IntegratesOverTheSquareOfItsSize) {
  for (const int oversamp : {1, 2, 3, 100}) {
    const PixelRule rule = tensor_rule(gauss_legendre(4), oversamp);
    ASSERT_EQ(rule.size(), 16U);
    ASSERT_EQ(rule.di.size(), 16U);
    ASSERT_EQ(rule.dj.size(), 16U);
    const double side = 1.0 / oversamp;
    EXPECT_NEAR(sum(rule.weights), side * side, 1e-15 * side * side);
    for (int a = 0; a <= 7; ++a) {
      for (int b = 0; b <= 7; ++b) {
        const double exact = power_integral(a, side) * power_integral(b, side);
        const double size = power_integral(a + a % 2, side) * power_integral(b + b % 2, side);
        EXPECT_NEAR(integrate(rule, a, b), exact, 1e-14 * size / (side * side)) << a << " " << b;
      }
    }
    EXPECT_GT(std::abs(integrate(rule, 8, 0) / (power_integral(8, side) * side) - 1.0), 1e-3);
  }
}

TEST(TensorRule, IIsTheSlowIndex) {
  const PixelRule rule = tensor_rule({{-1.0, 0.5}, {0.4, 1.6}}, 2);
  EXPECT_EQ(rule.di, (std::vector<double>{-0.25, -0.25, 0.125, 0.125}));
  EXPECT_EQ(rule.dj, (std::vector<double>{-0.25, 0.125, -0.25, 0.125}));
  const std::vector<double> weights{0.01, 0.04, 0.04, 0.16};
  for (std::size_t k = 0; k < weights.size(); ++k) EXPECT_DOUBLE_EQ(rule.weights[k], weights[k]);
}

TEST(TensorRule, RefusesWhatIsNoRule) {
  EXPECT_EQ(refused_key([] { tensor_rule(midpoint(2), 0); }), "oversamp");
  EXPECT_EQ(refused_key([] { tensor_rule(midpoint(2), -3); }), "oversamp");
  EXPECT_EQ(refused_key([] { tensor_rule({{0.0, 1.0}, {1.0}}); }), "weights");
  EXPECT_EQ(refused_key([] { tensor_rule({{}, {1.0}}); }), "nodes");
  EXPECT_EQ(refused_key([] { tensor_rule({}); }), "nodes");
}

TEST(NestedRule, HoldsTheTensorRulesOfBoth) {
  for (const int order : kKronrodOrders) {
    const KronrodPair pair = gauss_kronrod(order);
    const NestedPixelRule nested = nested_rule(pair);
    const auto m = pair.gauss_nodes.size();
    EXPECT_EQ(nested.gauss.size(), m * m);
    EXPECT_EQ(nested.added.size(), (2 * m + 1) * (2 * m + 1) - m * m);
    // Points are compared whole, with their weights: coordinates sorted one by one would prove less.
    EXPECT_EQ(triples(nested.gauss), triples(tensor_rule({pair.gauss_nodes, pair.gauss_weights}))) << order;
    EXPECT_EQ(triples(nested.kronrod()), triples(tensor_rule(pair.kronrod()))) << order;
    EXPECT_NEAR(sum(nested.gauss.weights), 1.0, 1e-15);
    EXPECT_NEAR(sum(nested.kronrod().weights), 1.0, 1e-15);
  }
}

TEST(NestedRule, SplitsG7K15Into49And176) {
  const NestedPixelRule nested = nested_rule(gauss_kronrod(15));
  EXPECT_EQ(nested.gauss.size(), 49U);
  EXPECT_EQ(nested.added.size(), 176U);
  const PixelRule whole = nested.kronrod();
  EXPECT_EQ(whole.size(), 225U);
  for (std::size_t k = 0; k < 49; ++k) {
    EXPECT_EQ(whole.di[k], nested.gauss.di[k]);
    EXPECT_EQ(whole.dj[k], nested.gauss.dj[k]);
    EXPECT_EQ(whole.weights[k], nested.shared_weights[k]);
  }
}

TEST(NestedRule, RefusesPairsThatDoNotFit) {
  for (const auto& [member, key] : {std::pair{&KronrodPair::gauss_weights, "gauss_weights"},
                                    std::pair{&KronrodPair::shared_weights, "shared_weights"},
                                    std::pair{&KronrodPair::added_weights, "added_weights"}}) {
    KronrodPair pair = gauss_kronrod(15);
    (pair.*member).pop_back();
    EXPECT_EQ(refused_key([&] { nested_rule(pair); }), key);
    if (member != &KronrodPair::gauss_weights) {
      EXPECT_EQ(refused_key([&] { pair.kronrod(); }), key);
    }
  }
}

}  // namespace
}  // namespace gaxel
