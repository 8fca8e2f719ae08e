// Cells, their children, and the three rules that judge them: children tile, shared nodes change no sum.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "integrate/subpixel/cell_rules.hpp"
#include "integrate/subpixel/node_sums.hpp"
#include "subpixel_support.hpp"

namespace gaxel {
namespace {

using namespace subpixel_test;

constexpr int kHuge = std::numeric_limits<int>::max();

const Points kCells{{0.3, -1.6, 2.0, 0.0}, {-0.7, 1.2, -3.0, 0.4}};

class Tiling : public testing::TestWithParam<std::tuple<int, int, int>> {};

TEST_P(Tiling, ChildrenTileTheirParent) {
  const auto [base_oversamp, oversamp, k] = GetParam();
  const double side = 1.0 / (base_oversamp * std::pow(oversamp, k - 1));
  const double child = side / oversamp;
  const Points children = oversample_pixels(kCells, k, oversamp, base_oversamp);
  const auto n_parts = static_cast<std::size_t>(oversamp * oversamp);
  ASSERT_EQ(children.size(), kCells.size() * n_parts);
  for (std::size_t cell = 0; cell < kCells.size(); ++cell) {
    for (std::size_t part = 0; part < n_parts; ++part) {
      // In units of the child from the parent's corner, a centre is half a unit into row `part / oversamp`.
      const std::size_t index = cell * n_parts + part;
      const double row = (children.i[index] - kCells.i[cell] + 0.5 * side) / child;
      const double column = (children.j[index] - kCells.j[cell] + 0.5 * side) / child;
      EXPECT_NEAR(row, static_cast<double>(part / static_cast<std::size_t>(oversamp)) + 0.5, 1e-11);
      EXPECT_NEAR(column, static_cast<double>(part % static_cast<std::size_t>(oversamp)) + 0.5, 1e-11);
    }
  }
}

// What the tiling is for: no light is lost or counted twice. Simpson's rule is exact for this polynomial, and
// the children's area 1 / (base_oversamp oversamp^k)^2 is part of it.
TEST_P(Tiling, IntegralsOfChildrenAddUp) {
  const auto [base_oversamp, oversamp, k] = GetParam();
  const PointIntegrand f([](double i, double j) { return 1.0 + i * i * i + 3.0 * i * j * j; });
  const CellEstimates parents = integrate_with_error(f, kCells, k - 1, 3, base_oversamp, oversamp);
  const CellEstimates parts = integrate_with_error(f, oversample_pixels(kCells, k, oversamp, base_oversamp),
                                                   k, 3, base_oversamp, oversamp);
  const auto n_parts = static_cast<std::size_t>(oversamp * oversamp);
  const double side = 1.0 / (base_oversamp * std::pow(oversamp, k - 1));
  for (std::size_t cell = 0; cell < kCells.size(); ++cell) {
    double sum = 0.0;
    for (std::size_t part = 0; part < n_parts; ++part) sum += parts.values[cell * n_parts + part];
    const double i = kCells.i[cell];
    const double j = kCells.j[cell];
    const double exact = side * side + power_integral(3, i, side) * side +
                         3.0 * power_integral(1, i, side) * power_integral(2, j, side);
    EXPECT_NEAR(sum, exact, 1e-13);
    EXPECT_NEAR(parents.values[cell], exact, 1e-13);
  }
}

INSTANTIATE_TEST_SUITE_P(Cells, Tiling,
                         testing::Combine(testing::Values(1, 2, 3, 4), testing::Values(1, 2, 3, 5),
                                          testing::Values(1, 2, 4)));

TEST(OversamplePixels, RefusesWhatIsNoLevel) {
  const auto with = [](int k, int oversamp, int base_oversamp) {
    return complaint([&] { oversample_pixels(kCells, k, oversamp, base_oversamp); });
  };
  EXPECT_EQ(with(1, 3, 1), "accepted");
  EXPECT_EQ(with(0, 3, 1), "oversample_pixels: k");
  EXPECT_EQ(with(-1, 3, 1), "oversample_pixels: k");
  for (const int bad : {0, -2, 201, kHuge}) {
    EXPECT_EQ(with(1, bad, 1), "oversample_pixels: oversamp");
    EXPECT_EQ(with(1, 3, bad), "oversample_pixels: base_oversamp");
  }
  EXPECT_EQ(complaint([] { oversample_pixels(Points{{0.0}, {INFINITY}}, 1, 3); }), ": j[0]");
}

TEST(IntegrateWithError, IsMadeOfThreeRules) {
  const Light light = cusp_at(0.1, -0.3);
  for (const int order : {2, 3, 4, 7, 20}) {
    for (const int k : {0, 1, 3}) {
      for (const auto& [base_oversamp, oversamp] : {std::pair{1, 3}, {2, 3}, {3, 2}, {1, 1}}) {
        const CellEstimates cells =
            integrate_with_error(PointIntegrand(light), kCells, k, order, base_oversamp, oversamp);
        const double side = 1.0 / (base_oversamp * std::pow(oversamp, k));
        ASSERT_EQ(cells.values.size(), kCells.size());
        ASSERT_EQ(cells.errors.size(), kCells.size());
        for (std::size_t cell = 0; cell < kCells.size(); ++cell) {
          const Estimate by_hand = estimate(light, kCells.i[cell], kCells.j[cell], side, order);
          EXPECT_NEAR(cells.values[cell], by_hand.value, 1e-14 * side * side);
          EXPECT_NEAR(cells.errors[cell], by_hand.error, 1e-14 * side * side);
        }
      }
    }
  }
}

TEST(IntegrateWithError, HasTheStudysDefaults) {
  const PointIntegrand f(cusp_at(0.1, -0.3));
  const CellEstimates by_default = integrate_with_error(f, kCells, 2);
  const CellEstimates spelled_out = integrate_with_error(f, kCells, 2, 3, 1, 3);
  EXPECT_EQ(by_default.values, spelled_out.values);
  EXPECT_EQ(by_default.errors, spelled_out.errors);
}

TEST(IntegrateWithError, ErrorsThatAreNotFiniteAreInfinite) {
  // On the border of the cell, where only Clenshaw-Curtis looks; at its centre, where G' does not;
  // everywhere.
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Points one{{0.0}, {0.0}};
  const auto cell_with = [&](const Light& f, int order) {
    return integrate_with_error(PointIntegrand(f), one, 0, order);
  };
  const CellEstimates border =
      cell_with([&](double i, double) { return std::abs(i) == 0.5 ? INFINITY : 1.0; }, 3);
  EXPECT_EQ(border.values[0], INFINITY);
  EXPECT_EQ(border.errors[0], INFINITY);
  const CellEstimates centre = cell_with([&](double i, double) { return i == 0.0 ? nan : 1.0; }, 3);
  EXPECT_TRUE(std::isnan(centre.values[0]));
  EXPECT_EQ(centre.errors[0], INFINITY);
  const CellEstimates only_low = cell_with([&](double i, double) { return i == 0.0 ? nan : 1.0; }, 2);
  EXPECT_NEAR(only_low.values[0], 1.0, 1e-15);
  EXPECT_EQ(only_low.errors[0], INFINITY);
}

TEST(IntegrateWithError, RefusesWhatIsNoCell) {
  const PointIntegrand f(cusp_at(0.0, 0.0));
  const auto with = [&](int k, int order, int base_oversamp, int oversamp) {
    return complaint([&] { integrate_with_error(f, kCells, k, order, base_oversamp, oversamp); });
  };
  EXPECT_EQ(with(0, 2, 1, 1), "accepted");
  EXPECT_EQ(with(-1, 3, 1, 3), "integrate_with_error: k");
  for (const int bad : {1, 0, -3, 201, kHuge}) EXPECT_EQ(with(0, bad, 1, 3), "integrate_with_error: order");
  for (const int bad : {0, -1, kHuge}) {
    EXPECT_EQ(with(0, 3, bad, 3), "integrate_with_error: base_oversamp");
    EXPECT_EQ(with(0, 3, 1, bad), "integrate_with_error: oversamp");
  }
  EXPECT_EQ(complaint([&] { integrate_with_error(f, Points{{NAN}, {0.0}}, 0); }), ": i[0]");
}

// The points at which the rules of a cell's split^2 parts look, counted where they differ by more than
// rounding.
std::size_t count_nodes(int order, int split, bool with_error) {
  std::vector<QuadratureRule> rules{gauss_legendre(order), clenshaw_curtis(order)};
  if (with_error) rules.push_back(gauss_legendre(order - 1));
  std::vector<std::pair<double, double>> nodes;
  for (int a = 0; a < split; ++a) {
    for (int b = 0; b < split; ++b) {
      for (const QuadratureRule& rule : rules) {
        for (const double u : rule.nodes) {
          for (const double v : rule.nodes) nodes.emplace_back(2 * a + 1 + u, 2 * b + 1 + v);
        }
      }
    }
  }
  std::vector<std::pair<double, double>> distinct;
  for (const auto& [u, v] : nodes) {
    const auto same = [u = u, v = v](const auto& other) {
      return std::abs(u - other.first) < 1e-12 && std::abs(v - other.second) < 1e-12;
    };
    if (std::ranges::none_of(distinct, same)) distinct.emplace_back(u, v);
  }
  return distinct.size();
}

TEST(CellRules, EveryNodeOfACellIsSeenOnce) {
  const PointIntegrand f(cusp_at(0.0, 0.0));
  EXPECT_EQ(count_nodes(3, 3, true), 157U);
  for (const int order : {2, 3, 4, 5, 8}) {
    for (const int split : {1, 2, 3}) {
      for (const bool with_error : {false, true}) {
        const std::size_t nodes = count_nodes(order, split, with_error);
        const RuleResults results = CellRules(order, split, with_error).evaluate(f, kCells, 1.0);
        EXPECT_EQ(results.n_evaluations, static_cast<std::int64_t>(nodes * kCells.size()))
            << order << " " << split << " " << with_error;
      }
    }
  }
}

TEST(CellRules, SharedNodesGiveTheSumsOfEachRuleAlone) {
  const PointIntegrand f(cusp_at(0.1, -0.2));
  for (const int order : {2, 3, 5, 6, 12}) {
    for (const int split : {1, 2, 3, 4}) {
      for (const int per_pixel : {1, 2, 6}) {
        const double side = 1.0 / per_pixel;
        const RuleResults results = CellRules(order, split, true).evaluate(f, kCells, side);
        const RuleResults cheaper = CellRules(order, split, false).evaluate(f, kCells, side);
        const Points parts = oversample_pixels(kCells, 1, split, per_pixel);
        const auto alone = [&](const QuadratureRule& rule) {
          return tensor_integrate_pixels(f, parts, rule, per_pixel * split);
        };
        const std::vector<double> gauss = alone(gauss_legendre(order));
        const std::vector<double> low = alone(gauss_legendre(order - 1));
        const std::vector<double> clenshaw = alone(clenshaw_curtis(order));
        ASSERT_EQ(results.values.size(), parts.size());
        for (std::size_t part = 0; part < parts.size(); ++part) {
          const double rounding = 1e-14 * (std::abs(gauss[part]) + std::abs(clenshaw[part]));
          const double difference = std::abs(gauss[part] - clenshaw[part]);
          EXPECT_NEAR(results.values[part], 0.5 * (gauss[part] + clenshaw[part]), rounding);
          EXPECT_NEAR(results.differences[part], difference, rounding);
          EXPECT_NEAR(results.errors[part], std::max(difference, std::abs(gauss[part] - low[part])),
                      rounding);
          EXPECT_NEAR(cheaper.values[part], results.values[part], rounding);
          EXPECT_NEAR(cheaper.differences[part], difference, rounding);
        }
        EXPECT_TRUE(cheaper.errors.empty());
        EXPECT_LT(cheaper.n_evaluations, results.n_evaluations);
      }
    }
  }
}

TEST(NodeSums, RulesAddedTogetherAreTheRulesAlone) {
  const PointIntegrand f(cusp_at(0.1, -0.2));
  const PixelRule simpson = tensor_rule(clenshaw_curtis(3));
  const PixelRule midpoints = tensor_rule(midpoint(1));
  NodeSums sums;
  sums.add(0, simpson);
  EXPECT_EQ(sums.n_nodes(), 9U);
  sums.add(1, midpoints);  // the middle of Simpson's rule
  EXPECT_EQ(sums.n_nodes(), 9U);
  sums.add(2, simpson, 0.5, 0.25,
           -0.25);  // three of its corners are new, and so are its middle and its borders
  std::vector<std::vector<double>> results(3, std::vector<double>(kCells.size(), 99.0));
  sums.evaluate(f, kCells, 1.0, std::array<std::span<double>, 3>{results[0], results[1], results[2]});
  const std::vector<double> whole = integrate_pixels(f, kCells, simpson);
  const std::vector<double> middle = integrate_pixels(f, kCells, midpoints);
  Points quarter = kCells;
  for (double& i : quarter.i) i += 0.25;
  for (double& j : quarter.j) j -= 0.25;
  const std::vector<double> part = tensor_integrate_pixels(f, quarter, clenshaw_curtis(3), 2);
  for (std::size_t cell = 0; cell < kCells.size(); ++cell) {
    EXPECT_NEAR(results[0][cell], whole[cell], 1e-15);
    EXPECT_NEAR(results[1][cell], middle[cell], 1e-15);
    EXPECT_NEAR(results[2][cell], part[cell], 1e-15);
  }
  // Of the quarter's nine nodes, its corners are a corner, two middles of borders and the middle of the
  // whole.
  EXPECT_EQ(sums.n_nodes(), 9U + 5U);
}

}  // namespace
}  // namespace gaxel
