// The splines that light is drawn with, against their closed form.
#include "integrate/drawing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "gaxel/quadrature.hpp"
#include "integrate/tile_rule.hpp"

namespace gaxel {
namespace {

// sum_j (-1)^j C(7, j) (x + 7/2 - j)_+^power / power!, power 6: the B-spline of order 7 (Schoenberg 1946); 5:
// its derivative.
double spline(double x, int power = kSplineOrder - 1) {
  if (std::abs(x) >= 0.5 * kSplineOrder) return 0.0;
  double binomial = 1.0;
  double sum = 0.0;
  for (int j = 0; j <= kSplineOrder; ++j) {
    const double from = std::max(x + 0.5 * kSplineOrder - j, 0.0);
    sum += (j % 2 == 0 ? 1.0 : -1.0) * binomial * std::pow(from, power);
    binomial *= static_cast<double>(kSplineOrder - j) / (j + 1);
  }
  return sum / std::tgamma(power + 1.0);
}

TEST(Drawing, SharesAreThoseOfTheSpline) {
  for (const double t : {-0.5, -0.31, 0.0, 0.13, 0.4999}) {
    const SplineShares shares = spline_shares(t);
    const SplineShares slopes = spline_slopes(t);
    for (int c = 0; c < kSplineOrder; ++c) {
      const double x = t - (c - kSplineMargin);
      EXPECT_NEAR(shares[static_cast<std::size_t>(c)], spline(x), 1e-13) << t << " " << c;
      EXPECT_NEAR(slopes[static_cast<std::size_t>(c)], spline(x, kSplineOrder - 2), 1e-12) << t << " " << c;
    }
    EXPECT_EQ(shares.back(), 0.0);
    EXPECT_NEAR(std::accumulate(shares.begin(), shares.end(), 0.0), 1.0, 1e-15);
  }
}

// A polynomial of a degree that the nodes hold, spread over the cells by its integral with each spline.
TEST(Drawing, TilesAreSpreadAsTheirPolynomialIs) {
  const auto light = [](double x) { return 1.0 + x * (0.3 - x * (0.02 + 0.001 * x)); };
  for (const int side : {1, 2, 8, 64}) {
    for (const int order : {4, 9, 16}) {
      const std::vector<double>& nodes = tile_rule(side, order).nodes;
      const std::vector<double>& tile = spline_tile(side, order);
      const int n = side + 2 * kSplineMargin;
      ASSERT_EQ(tile.size(), static_cast<std::size_t>(order * n));
      for (const int c : {0, 3, n / 2, n - 1}) {
        double spread = 0.0;
        for (int k = 0; k < order; ++k) {
          spread += tile[static_cast<std::size_t>(k * n + c)] * light(nodes[static_cast<std::size_t>(k)]);
        }
        double exact = 0.0;
        double size = 0.0;
        const QuadratureRule& rule = gauss_legendre(8);
        for (int cell = 0; cell < side; ++cell) {
          for (std::size_t g = 0; g < rule.size(); ++g) {
            const double x = cell + 0.5 + 0.5 * rule.nodes[g] - 0.5 * side;
            const double term =
                0.5 * rule.weights[g] * light(x) * spline(cell + 0.5 * rule.nodes[g] - (c - kSplineMargin));
            exact += term;
            size += std::abs(term);
          }
        }
        EXPECT_NEAR(spread, exact, 1e-12 * (1.0 + size)) << side << " " << order << " " << c;
      }
    }
  }
}

}  // namespace
}  // namespace gaxel
