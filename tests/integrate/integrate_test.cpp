// A-priori bounds, the closed form of the cusp and its moments against independent quadrature and closed
// forms.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <random>
#include <stdexcept>

#include "gaxel/quadrature.hpp"
#include "integrate/cusp.hpp"
#include "integrate/error_bound.hpp"
#include "integrate/execute.hpp"
#include "integrate/plan.hpp"
#include "profile/sersic.hpp"

namespace gaxel {
namespace {

// Mean of the Sersic light over a box by a tensor rule on `pieces` x `pieces` sub-boxes, written out here.
double mean_light(const SersicLaw& law, const EllipseFrame& f, const Box& box, int order, int pieces) {
  const QuadratureRule& rule = gauss_legendre(order);
  const double hx = 0.5 * (box.x_max - box.x_min) / pieces;
  const double hy = 0.5 * (box.y_max - box.y_min) / pieces;
  double sum = 0.0;
  for (int a = 0; a < pieces; ++a) {
    for (int b = 0; b < pieces; ++b) {
      for (std::size_t i = 0; i < rule.nodes.size(); ++i) {
        for (std::size_t j = 0; j < rule.nodes.size(); ++j) {
          const double x = box.x_min + hx * (2 * a + 1 + rule.nodes[i]);
          const double y = box.y_min + hy * (2 * b + 1 + rule.nodes[j]);
          sum += rule.weights[i] * rule.weights[j] * law.value(f.s(x, y));
        }
      }
    }
  }
  return sum / (4.0 * pieces * pieces);
}

Box box_about(double x, double y, double hx, double hy) {
  return {x - hx, x + hx, y - hy, y + hy};
}

TEST(GroupBound, IsNeverBelowTheErrorOfARule) {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  int tested = 0;
  double sharpest = 0.0;
  for (int trial = 0; trial < 3000; ++trial) {
    const SersicLaw law(0.1 * std::pow(200.0, unit(random)));
    const EllipseFrame f(0.0, 0.0, std::pow(10.0, -0.5 + 2.0 * unit(random)), std::pow(10.0, -unit(random)),
                         6.0 * unit(random));
    const double angle = 2.0 * std::numbers::pi * unit(random);
    const double distance = 0.5 + std::pow(10.0, 1.3 * unit(random));
    const double x = distance * std::cos(angle);
    const double y = distance * std::sin(angle);
    const double hx = 0.5 * unit(random);
    const double hy = 0.5 * unit(random);
    const GroupBound bound(law, f, {{x, x, y, y}, hx, hy});
    const double exact = mean_light(law, f, box_about(x, y, hx, hy), 40, 6);
    for (const int order : {1, 2, 3, 5, 8, 12}) {
      const double error = std::abs(mean_light(law, f, box_about(x, y, hx, hy), order, 1) - exact);
      const double allowed = bound.mean_error(order, order);
      EXPECT_LE(error, allowed + 1e-13 * exact) << "n " << law.constants().n << " re " << f.re << " q " << f.q
                                                << " at " << x << " " << y << " order " << order;
      if (allowed < 0.1 * std::exp(bound.log_max()) && error > 1e-12 * exact) {
        ++tested;
        sharpest = std::max(sharpest, error / allowed);
      }
    }
  }
  EXPECT_GT(tested, 1000);
  EXPECT_GT(sharpest, 1e-2);
}

TEST(GroupBound, CoversEveryCellOfAGroup) {
  const SersicLaw law(4.0);
  const EllipseFrame f(0.3, -0.2, 6.0, 0.4, 0.7);
  const GroupBound group(law, f, {{10.0, 17.0, 5.0, 12.0}, 0.5, 0.5});
  for (double x = 10.0; x <= 17.0; ++x) {
    for (double y = 5.0; y <= 12.0; ++y) {
      const GroupBound one(law, f, {{x, x, y, y}, 0.5, 0.5});
      EXPECT_LE(one.mean_error(3, 2), group.mean_error(3, 2) * (1 + 1e-12));
      EXPECT_LE(group.log_min(), one.log_min() + 1e-12);
    }
  }
}

TEST(Cusp, GaussianIsAProductOfErrorFunctions) {
  const double re = 1.7;
  const double q = 0.3;
  const SersicLaw law(0.5);
  // exp(-ln2 r^2 / re^2): sigma along the axes.
  const double sx = re / std::sqrt(2.0 * std::numbers::ln2);
  const double sy = q * sx;
  const auto part = [](double from, double to, double sigma) {
    return 0.5 *
           (std::erf(to / (sigma * std::numbers::sqrt2)) - std::erf(from / (sigma * std::numbers::sqrt2)));
  };
  for (const auto& [x0, y0] : {std::pair{0.0, 0.0}, {0.5, 0.5}, {0.5, 0.0}, {0.123, -0.4}, {3.0, 0.7}}) {
    const EllipseFrame f(x0, y0, re, q, 0.0);
    std::int64_t n = 0;
    const Moments m = cusp_moments(law, f, box_about(0.0, 0.0, 0.5, 0.5), true, n);
    const double exact = part(-0.5 - x0, 0.5 - x0, sx) * part(-0.5 - y0, 0.5 - y0, sy);
    EXPECT_NEAR(m[kFlux], exact, kCuspError) << x0 << " " << y0;
    EXPECT_GT(n, 0);
    // For g = exp(-ln2 s)/..., dg/ds = -ln2 g and every moment follows from the error functions, e.g. that of
    // u:
    const auto first = [](double from, double to, double sigma) {
      const double norm = sigma / std::sqrt(2.0 * std::numbers::pi);
      return norm *
             (std::exp(-0.5 * from * from / (sigma * sigma)) - std::exp(-0.5 * to * to / (sigma * sigma)));
    };
    const double mean_u = first(-0.5 - x0, 0.5 - x0, sx) / re * part(-0.5 - y0, 0.5 - y0, sy);
    EXPECT_NEAR(m[kU], -std::numbers::ln2 * mean_u, 2e-14) << x0 << " " << y0;
  }
}

TEST(Cusp, AdditiveOverABoxThatIsCut) {
  for (const double n : {0.1, 0.4, 1.0, 4.0, 11.0, 20.0}) {
    const SersicLaw law(n);
    for (const auto& [x0, y0] : {std::pair{0.0, 0.0}, {0.5, 0.5}, {0.1, -0.2}, {-0.5, 0.3}}) {
      const EllipseFrame f(x0, y0, 0.8, 0.2, 0.9);
      std::int64_t count = 0;
      const Moments whole = cusp_moments(law, f, box_about(0.0, 0.0, 0.5, 0.5), true, count);
      Moments parts{};
      for (const Box& box :
           {Box{-0.5, 0.1, -0.5, 0.2}, {0.1, 0.5, -0.5, 0.2}, {-0.5, 0.1, 0.2, 0.5}, {0.1, 0.5, 0.2, 0.5}}) {
        const Moments part = cusp_moments(law, f, box, true, count);
        for (std::size_t m = 0; m < kNumMoments; ++m) {
          parts[m] += part[m];
        }
      }
      for (std::size_t m = 0; m < kNumMoments; ++m) {
        // A centre on a cut is a rounding away from it, and g reaches its central value within that.
        const double allowed =
            m == kFlux ? 2.0 * kCuspError : 1e-13 * (1.0 + std::abs(whole[m])) + 1e-15 * law.value(0.0);
        EXPECT_NEAR(parts[m], whole[m], allowed) << "n " << n << " moment " << m;
      }
    }
  }
}

TEST(Cusp, MomentsAgreeWithQuadratureAwayFromTheCentre) {
  for (const double n : {0.3, 1.0, 3.0, 12.0}) {
    const SersicLaw law(n);
    const EllipseFrame f(0.2, -0.1, 3.0, 0.5, 0.4);
    const Box box{2.5, 3.5, 1.5, 2.5};
    std::int64_t count = 0;
    const Moments m = cusp_moments(law, f, box, true, count);
    Moments sums{};
    const QuadratureRule& rule = gauss_legendre(40);
    for (std::size_t i = 0; i < rule.nodes.size(); ++i) {
      for (std::size_t j = 0; j < rule.nodes.size(); ++j) {
        const double x = 3.0 + 0.5 * rule.nodes[i] - f.x0;
        const double y = 2.0 + 0.5 * rule.nodes[j] - f.y0;
        const double u = f.a * x + f.b * y;
        const double v = f.c * x + f.d * y;
        const double s = u * u + v * v;
        double g = 0.0;
        double g_s = 0.0;
        double g_n = 0.0;
        law.evaluate_with_partials(&s, 1, &g, &g_s, &g_n);
        const double w = 0.25 * rule.weights[i] * rule.weights[j] * f.area_factor();
        const Moments at{g, g_s * u, g_s * v, g_s * u * u, g_s * v * v, g_s * u * v, g_n};
        for (std::size_t k = 0; k < kNumMoments; ++k) {
          sums[k] += w * at[k];
        }
      }
    }
    for (std::size_t k = 0; k < kNumMoments; ++k) {
      EXPECT_NEAR(m[k], sums[k], 2e-14) << "n " << n << " moment " << k;
    }
  }
}

TEST(Plan, CoversEveryPixelOfItsBandOnce) {
  const SersicLaw law(4.0);
  const EllipseFrame f(20.3, 31.1, 2.0, 0.2, 0.5);
  const Grid grid{{70, 45}, -3.0, -2.0, 1.0};
  const Band band{10, 50};
  const Plan plan = prepare(law, f, grid, band, {1e-9, 1e-6}, false);
  std::vector<double> area(grid.shape.size(), 0.0);
  for (const TileBucket& bucket : plan.tiles) {
    for (std::size_t tile = 0; tile < bucket.row.size(); ++tile) {
      for (int row = bucket.row[tile]; row < std::min(bucket.row[tile] + bucket.side_y, 60); ++row) {
        for (int col = bucket.col[tile]; col < std::min(bucket.col[tile] + bucket.side_x, 45); ++col) {
          area[static_cast<std::size_t>(row * grid.shape.nx + col)] += 1.0;
        }
      }
    }
  }
  EXPECT_FALSE(plan.tiles.empty());
  for (const CellBucket& bucket : plan.cells) {
    for (const std::int32_t pixel : bucket.pixel) {
      area[static_cast<std::size_t>(pixel)] += std::ldexp(1.0, -bucket.level_x - bucket.level_y);
    }
  }
  for (const std::int32_t pixel : plan.cusp_pixels) {
    area[static_cast<std::size_t>(pixel)] += 1.0;
  }
  for (int row = 0; row < grid.shape.ny; ++row) {
    for (int col = 0; col < grid.shape.nx; ++col) {
      const bool inside = row >= band.first_row && row < band.first_row + band.n_rows;
      EXPECT_EQ(area[static_cast<std::size_t>(row * grid.shape.nx + col)], inside ? 1.0 : 0.0)
          << row << " " << col;
    }
  }
  EXPECT_FALSE(plan.limit_hit);
}

TEST(Execute, KeepsItsToleranceAndItsBounds) {
  const SersicLaw law(2.0);
  const EllipseFrame f(30.3, 20.1, 4.0, 0.4, 0.5);
  const Grid grid{{50, 61}, 0.0, 0.0, 1.0};
  const PixelTolerance tolerance{1e-8, 1e-5};
  const Plan plan = prepare(law, f, grid, {0, 50}, tolerance, true);
  Image image(grid.shape);
  Image bound(grid.shape);
  const WorkCount work = execute(plan, law, f, 2.0, image.view());
  add_error_bound(plan, law, f, 2.0, bound.view());
  double sum_error = 0.0;
  double sum_bound = 0.0;
  for (int row = 0; row < 50; ++row) {
    for (int col = 0; col < 61; ++col) {
      std::int64_t n = 0;
      const double exact = 2.0 * cusp_moments(law, f, box_about(col, row, 0.5, 0.5), false, n)[kFlux];
      const double error = std::max(0.0, std::abs(image(row, col) - exact) - 2.0 * kCuspError);
      EXPECT_LE(error, 2.0 * tolerance.absolute + tolerance.relative * exact) << row << " " << col;
      EXPECT_LE(error, bound(row, col)) << row << " " << col;
      sum_error += error;
      sum_bound += bound(row, col);
    }
  }
  EXPECT_LT(sum_bound, 1000.0 * sum_error);
  EXPECT_LT(work.n_evaluations, 50 * 61 * 6);
}

TEST(Execute, BoundsNeedAPlanWithPriors) {
  const SersicLaw law(2.0);
  const EllipseFrame f(5.0, 5.0, 4.0, 0.4, 0.5);
  const Plan plan = prepare(law, f, Grid{{10, 10}, 0.0, 0.0, 1.0}, {0, 10}, {1e-8, 1e-5}, false);
  Image bound({10, 10});
  EXPECT_THROW(add_error_bound(plan, law, f, 1.0, bound.view()), std::logic_error);
}

TEST(Execute, SharedTilesGiveTheSamePixels) {
  const SersicLaw steep(4.0);
  const SersicLaw flat(1.0);
  const EllipseFrame f(100.3, 20.1, 9.0, 0.4, 0.5);
  const EllipseFrame g(30.3, 50.1, 14.0, 0.9, 0.1);
  const Grid grid{{64, 133}, 0.0, 0.0, 1.0};
  const Band band{0, 64};
  const Plan one = prepare(steep, f, grid, band, {1e-8, 1e-5}, false);
  const Plan two = prepare(flat, g, grid, band, {1e-8, 1e-5}, false);
  Image alone(grid.shape);
  execute(one, steep, f, 1.0, alone.view());
  execute(two, flat, g, 3.0, alone.view());
  Image together(grid.shape);
  TileSums sums;
  execute(one, steep, f, 1.0, together.view(), &sums);
  execute(two, flat, g, 3.0, together.view(), &sums);
  EXPECT_NE(std::memcmp(alone.data(), together.data(), alone.size() * sizeof(double)), 0);
  sums.expand(band, together.view());
  for (std::size_t k = 0; k < alone.size(); ++k) {
    EXPECT_NEAR(together.data()[k], alone.data()[k], 1e-14 * (1e-3 + alone.data()[k])) << k;
  }
}

TEST(Plan, LightThatUnderflowsCostsNothing) {
  const SersicLaw law(0.2);
  const EllipseFrame f(100.0, 100.2, 3.0, 0.7, 0.3);
  const Plan plan = prepare(law, f, Grid{{200, 200}, 0.0, 0.0, 1.0}, {0, 200}, {0.0, 1e-6}, false);
  EXPECT_LT(plan.cusp_pixels.size(), 1000U);  // of 40,000
}

TEST(Plan, SaysWhenItCannotKeepTheTolerance) {
  const SersicLaw law(4.0);
  const EllipseFrame f(4.5, 4.5, 2.0, 0.2, 0.5);  // on a corner: the closed form is needed and good to 4e-15
  const Plan plan = prepare(law, f, Grid{{10, 10}, 0.0, 0.0, 1.0}, {0, 10}, {1e-17, 1e-15}, false);
  EXPECT_TRUE(plan.limit_hit);
}

}  // namespace
}  // namespace gaxel
