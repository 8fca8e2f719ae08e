// Tiles: the means of polynomials, the expansion in vectors and its transpose.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "base/simd_target.hpp"
#include "integrate/tile_kernel.hpp"
#include "integrate/tile_rule.hpp"

namespace gaxel {
namespace {

double mean_of_power(int power, double from, double to) {
  return (std::pow(to, power + 1) - std::pow(from, power + 1)) / ((power + 1) * (to - from));
}

TEST(TileRule, MeansOfPolynomialsAreExactUpToTheirDegreeAndNotBeyond) {
  for (const int side : {1, 2, 8, 64}) {
    for (const int order : {1, 2, 5, 12, 22}) {
      const TileRule& rule = tile_rule(side, order);
      ASSERT_EQ(rule.nodes.size(), static_cast<std::size_t>(order));
      EXPECT_TRUE(std::ranges::is_sorted(rule.nodes));
      const double half = 0.5 * side;
      for (int power = 0; power <= order; ++power) {
        double largest = 0.0;
        for (int m = 0; m < side; ++m) {
          double mean = 0.0;
          for (int k = 0; k < order; ++k) {
            mean += rule.means[static_cast<std::size_t>(k * side + m)] *
                    std::pow(rule.nodes[static_cast<std::size_t>(k)] / half, power);
          }
          const double exact = mean_of_power(power, m / half - 1.0, (m + 1) / half - 1.0);
          largest = std::max(largest, std::abs(mean - exact));
        }
        if (power < order) {
          EXPECT_LT(largest, 1e-14) << "side " << side << " order " << order << " power " << power;
        } else if (side > 1 || order % 2 == 0) {
          // x^order is off by T_order / 2^(order-1) at its largest.
          EXPECT_GT(largest, 1e-3 * std::pow(2.0, -order)) << "side " << side << " order " << order;
        }
      }
    }
  }
}

TEST(TileRule, LebesgueBoundHolds) {
  for (const int order : {1, 2, 7, 22}) {
    double largest = 0.0;
    for (double x = -1.0; x <= 1.0; x += 1e-3) {
      double sum = 0.0;
      for (int k = 0; k < order; ++k) {
        const double angle = std::numbers::pi * (k + 0.5) / order;
        double basis = 0.5;
        for (int j = 1; j < order; ++j) basis += std::cos(j * angle) * std::cos(j * std::acos(x));
        sum += std::abs(2.0 * basis / order);
      }
      largest = std::max(largest, sum);
    }
    EXPECT_LE(largest, lebesgue_bound(order) + 1e-12) << order;
    EXPECT_GT(largest, 0.9 * lebesgue_bound(order) - 0.1) << order;
  }
}

TEST(ExpandTile, IsTheTripleSumOnEveryInstructionSet) {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> unit(-1.0, 1.0);
  for (const std::string& target : simd_targets()) {
    use_simd_target(target);
    for (const int side_x : {1, 2, 4, 8, 16, 64}) {
      for (const int side_y : {1, 2, 8, 32}) {
        const TileRule& x = tile_rule(side_x, 1 + side_x % 13);
        const TileRule& y = tile_rule(side_y, 3 + side_y % 11);
        std::vector<double> values(static_cast<std::size_t>(x.order * y.order));
        for (double& value : values) value = unit(random);
        const int n_rows = std::max(1, side_y - 1);
        const int n_cols = std::max(1, side_x - 3);
        const long stride = side_x + 2;
        std::vector<double> image(static_cast<std::size_t>(stride * side_y), 7.0);
        const Write write = side_x == side_y ? Write::kReplace : Write::kAdd;
        expand_tile(x, y, values.data(), 0.5, n_rows, n_cols, write, image.data(), stride);
        for (int m = 0; m < side_y; ++m) {
          for (int n = 0; n < stride; ++n) {
            double sum = 7.0;
            if (m < n_rows && n < n_cols) {
              if (write == Write::kReplace) sum = 0.0;
              for (int l = 0; l < y.order; ++l) {
                for (int k = 0; k < x.order; ++k) {
                  sum += 0.5 * y.means[static_cast<std::size_t>(l * side_y + m)] *
                         x.means[static_cast<std::size_t>(k * side_x + n)] *
                         values[static_cast<std::size_t>(l * x.order + k)];
                }
              }
            }
            ASSERT_NEAR(image[static_cast<std::size_t>(m * stride + n)], sum, 1e-13)
                << target << " " << side_x << " x " << side_y << " at " << m << " " << n;
          }
        }
      }
    }
  }
  use_simd_target("");
}

TEST(ContractTile, IsTheTransposeOfTheExpansion) {
  std::mt19937_64 random(6);
  std::uniform_real_distribution<double> unit(-1.0, 1.0);
  for (const std::string& target : simd_targets()) {
    use_simd_target(target);
    for (const auto& [side_x, order_x, side_y, order_y] :
         {std::array{64, 13, 16, 8}, std::array{8, 5, 2, 3}, std::array{4, 6, 4, 7},
          std::array{16, 22, 32, 1}}) {
      const TileRule& x = tile_rule(side_x, order_x);
      const TileRule& y = tile_rule(side_y, order_y);
      std::vector<double> values(static_cast<std::size_t>(order_x * order_y));
      for (double& value : values) value = unit(random);
      const long stride = side_x + 3;
      std::vector<double> cotangent(static_cast<std::size_t>(stride * side_y));
      for (double& value : cotangent) value = unit(random);
      const int n_rows = std::max(1, side_y - 1);
      const int n_cols = std::max(1, side_x - 3);
      std::vector<double> image(cotangent.size(), 0.0);
      expand_tile(x, y, values.data(), 1.0, n_rows, n_cols, Write::kReplace, image.data(), stride);
      std::vector<double> at_nodes(values.size(), 7.0);
      contract_tile(x, y, cotangent.data(), stride, n_rows, n_cols, at_nodes.data());
      const double forward = std::inner_product(image.begin(), image.end(), cotangent.begin(), 0.0);
      const double backward = std::inner_product(values.begin(), values.end(), at_nodes.begin(), 0.0);
      EXPECT_NEAR(forward, backward, 1e-12) << target << " " << side_x;
      EXPECT_GT(std::abs(forward), 1e-3);
    }
  }
  use_simd_target("");
}

}  // namespace
}  // namespace gaxel
