// Tiles: the means of polynomials, the expansion in vectors, the bound of the interpolation.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <string>
#include <vector>

#include "base/simd_target.hpp"
#include "integrate/error_bound.hpp"
#include "integrate/tile_kernel.hpp"
#include "integrate/tile_rule.hpp"
#include "profile/sersic.hpp"

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

// The interpolant through kx by ky Chebyshev nodes, by barycentric weights, written out here.
double interpolant(const SersicLaw& law, const EllipseFrame& f, const Box& box, int kx, int ky, double x,
                   double y) {
  const auto basis = [](int order, int k, double t) {
    const double angle = std::numbers::pi * (k + 0.5) / order;
    double sum = 0.5;
    for (int j = 1; j < order; ++j) sum += std::cos(j * angle) * std::cos(j * std::acos(t));
    return 2.0 * sum / order;
  };
  const double cx = 0.5 * (box.x_min + box.x_max);
  const double cy = 0.5 * (box.y_min + box.y_max);
  const double hx = 0.5 * (box.x_max - box.x_min);
  const double hy = 0.5 * (box.y_max - box.y_min);
  double sum = 0.0;
  for (int l = 0; l < ky; ++l) {
    for (int k = 0; k < kx; ++k) {
      const double node_x = cx + hx * std::cos(std::numbers::pi * (k + 0.5) / kx);
      const double node_y = cy + hy * std::cos(std::numbers::pi * (l + 0.5) / ky);
      sum += law.value(f.s(node_x, node_y)) * basis(kx, k, (x - cx) / hx) * basis(ky, l, (y - cy) / hy);
    }
  }
  return sum;
}

TEST(GroupBound, IsNeverBelowTheErrorOfAnInterpolation) {
  std::mt19937_64 random(8);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  int tested = 0;
  double sharpest = 0.0;
  for (int trial = 0; trial < 1500; ++trial) {
    const SersicLaw law(0.1 * std::pow(200.0, unit(random)));
    const EllipseFrame f(0.0, 0.0, std::pow(10.0, 1.5 * unit(random)), std::pow(10.0, -unit(random)),
                         6.0 * unit(random));
    const double angle = 2.0 * std::numbers::pi * unit(random);
    const double distance = std::pow(10.0, 0.3 + 1.3 * unit(random));
    const double x = distance * std::cos(angle);
    const double y = distance * std::sin(angle);
    const double hx = 0.4 * distance * unit(random) + 0.01;
    const double hy = 0.4 * distance * unit(random) + 0.01;
    const GroupBound bound(law, f, {{x, x, y, y}, hx, hy});
    for (const int order : {2, 5, 9, 14}) {
      const double allowed = bound.interpolation_error(order, order);
      for (int sample = 0; sample < 6; ++sample) {
        const double at_x = x + hx * (2.0 * unit(random) - 1.0);
        const double at_y = y + hy * (2.0 * unit(random) - 1.0);
        const double exact = law.value(f.s(at_x, at_y));
        const double error =
            std::abs(interpolant(law, f, {x - hx, x + hx, y - hy, y + hy}, order, order, at_x, at_y) - exact);
        const double rounding = 1e-12 * std::exp(bound.log_max());
        EXPECT_LE(error, allowed + rounding)
            << "n " << law.constants().n << " q " << f.q << " order " << order;
        if (allowed < 0.1 * std::exp(bound.log_max()) && error > rounding) {
          ++tested;
          sharpest = std::max(sharpest, error / allowed);
        }
      }
    }
  }
  EXPECT_GT(tested, 1000);
  EXPECT_GT(sharpest, 1e-2);
}

}  // namespace
}  // namespace gaxel
