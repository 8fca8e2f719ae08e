// Plans carried out: tolerances, bounds, shared tiles, derivatives and their transpose.
#include "integrate/execute.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "integrate/cusp.hpp"
#include "integrate/sampled_light.hpp"
#include "profile/sersic.hpp"

namespace gaxel {
namespace {

TEST(Execute, KeepsItsToleranceAndItsBounds) {
  const SersicLaw law(2.0);
  const EllipseFrame f(30.3, 20.1, 4.0, 0.4, 0.5);
  const Grid grid{{50, 61}, 0.0, 0.0, 1.0};
  const PixelTolerance tolerance{1e-8, 1e-5};
  const Plan plan = prepare(law, f, {grid, {0, 50}, tolerance});
  Image image(grid.shape, 7.0);
  Image bound(grid.shape);
  execute(plan, {law, f, 2.0}, Write::kReplace, image.view());
  add_error_bound(plan, {law, f, 2.0}, bound.view());
  double sum_error = 0.0;
  double sum_bound = 0.0;
  for (int row = 0; row < 50; ++row) {
    for (int col = 0; col < 61; ++col) {
      const double exact = 2.0 * cusp_moments(law, f, box_about(col, row, 0.5, 0.5), false)[kFlux];
      const double error = std::max(0.0, std::abs(image(row, col) - exact) - 2.0 * cusp_error(law, f));
      EXPECT_LE(error, 2.0 * tolerance.absolute + tolerance.relative * exact) << row << " " << col;
      EXPECT_LE(error, bound(row, col)) << row << " " << col;
      sum_error += error;
      sum_bound += bound(row, col);
    }
  }
  EXPECT_LT(sum_bound, 1000.0 * sum_error);
  EXPECT_LT(count_work(plan).n_evaluations, 50 * 61 * 6);
}

TEST(Execute, SharedTilesGiveTheSamePixels) {
  const SersicLaw steep(4.0);
  const SersicLaw flat(1.0);
  const EllipseFrame f(100.3, 20.1, 9.0, 0.4, 0.5);
  const EllipseFrame g(30.3, 50.1, 14.0, 0.9, 0.1);
  const Grid grid{{64, 133}, 0.0, 0.0, 1.0};
  const RowBand band{0, 64};
  const Plan one = prepare(steep, f, {grid, band, {1e-8, 1e-5}, true});
  const Plan two = prepare(flat, g, {grid, band, {1e-8, 1e-5}, true});
  Image alone(grid.shape, 7.0);
  execute(one, {steep, f, 1.0}, Write::kReplace, alone.view());
  execute(two, {flat, g, 3.0}, Write::kAdd, alone.view());
  Image together(grid.shape);
  TileSums sums;
  execute_shared(one, {steep, f, 1.0}, together.view(), sums);
  execute_shared(two, {flat, g, 3.0}, together.view(), sums);
  EXPECT_NE(std::memcmp(alone.data(), together.data(), alone.size() * sizeof(double)), 0);
  sums.expand(band, together.view());
  for (std::size_t k = 0; k < alone.size(); ++k) {
    EXPECT_NEAR(together.data()[k], alone.data()[k], 1e-14 * (1e-3 + alone.data()[k])) << k;
  }
}

TEST(Execute, TheAdjointIsTheTransposeOfTheDerivatives) {
  const SersicLaw law(3.0);
  const EllipseFrame f(70.3, 41.1, 5.0, 0.35, 0.7);
  const Grid grid{{90, 101}, 0.0, 0.0, 1.0};
  const Plan plan = prepare(law, f, {grid, {10, 70}, {1e-9, 1e-6}});
  const ProfileLight light{law, f, 2.5};
  const std::array parameters = {LightParameter::kX,    LightParameter::kY,      LightParameter::kFlux,
                                 LightParameter::kRe,   LightParameter::kShape1, LightParameter::kQ,
                                 LightParameter::kTheta};
  Image image(grid.shape);
  std::vector<Image> derivatives(parameters.size(), Image(grid.shape));
  std::vector<ImageView> views;
  for (Image& derivative : derivatives) views.push_back(derivative.view());
  execute_with_derivatives(plan, light, parameters, Write::kReplace, image.view(), views);
  std::mt19937_64 random(2);
  std::normal_distribution<double> normal;
  Image cotangent(grid.shape);
  for (double& pixel : cotangent.pixels()) pixel = normal(random);
  const Moments sums = execute_adjoint(plan, light, cotangent.view());
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    double expected = 0.0;
    double size = 0.0;
    for (std::size_t k = 0; k < image.size(); ++k) {
      expected += cotangent.data()[k] * derivatives[p].data()[k];
      size += std::abs(cotangent.data()[k] * derivatives[p].data()[k]);
    }
    const double found =
        sum_of_products(derivative_weights(light.law, f, light.flux, light.d_flux, parameters[p]), sums);
    EXPECT_NEAR(found, expected, 1e-13 * size) << p;
    EXPECT_GT(std::abs(expected), 1e-6 * size) << p;
  }
}

}  // namespace
}  // namespace gaxel
