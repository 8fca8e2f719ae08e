// The convolver run backwards, against sums written out, inner products and closed forms.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "psf/convolver.hpp"
#include "psf/convolver_support.hpp"

namespace gaxel {
namespace {

using test::convolve;
using test::convolver_sizes;
using test::gaussian;
using test::gaussian_psf;
using test::largest_difference;
using test::point_source;
using test::random_image;

struct InnerProduct {
  double value = 0.0;
  double magnitude = 0.0;  // the sum of the absolute values: what rounding is relative to
};

InnerProduct inner_product(const Image& a, const Image& b) {
  InnerProduct product;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double term = a.pixels()[i] * b.pixels()[i];
    product.value += term;
    product.magnitude += std::abs(term);
  }
  return product;
}

// In a spectrum that held something else before.
Convolver::Spectrum spectrum_of_cotangent(const Convolver& convolver, const Image& cotangent) {
  Convolver::Spectrum spectrum = convolver.make_spectrum();
  convolver.transform(random_image(convolver.model_grid().shape, 11).view(), spectrum);
  convolver.convolve_adjoint(cotangent.view(), spectrum);
  return spectrum;
}

Image light_derivatives(const Convolver& convolver, const Image& cotangent) {
  Image derivatives(convolver.model_grid().shape, -1.0);
  Convolver::Spectrum spectrum = spectrum_of_cotangent(convolver, cotangent);
  convolver.transform_adjoint(spectrum, derivatives.view());
  return derivatives;
}

PointWeights point_products(const Convolver& convolver, const Image& cotangent, double x, double y) {
  return convolver.point_source_adjoint(spectrum_of_cotangent(convolver, cotangent), x, y);
}

// PSFs, cotangents and light of both signs: nothing but the right sums agrees.
class ConvolverAdjointSizes : public test::ConvolverSizes {};

TEST_P(ConvolverAdjointSizes, EqualsTheDirectSum) {
  const Psf psf = make_psf(-0.5);
  const Convolver convolver(psf, GetParam().region);
  const Image cotangent = random_image(GetParam().region, 12, -1.0);
  Image expected(convolver.model_grid().shape);
  double magnitude = 0.0;
  test::for_each_path(convolver, psf, [&](int i, int j, double response, int to_row, int to_col) {
    expected(i, j) += response * cotangent(to_row, to_col);
    magnitude = std::max(magnitude, std::abs(expected(i, j)));
  });
  EXPECT_LT(largest_difference(light_derivatives(convolver, cotangent), expected), 1e-13 * magnitude);
}

TEST_P(ConvolverAdjointSizes, IsTheTranspose) {
  const Convolver convolver(make_psf(-0.5), GetParam().region);
  const Image model = random_image(convolver.model_grid().shape, 13, -1.0);
  const Image cotangent = random_image(GetParam().region, 14, -1.0);
  const InnerProduct in_image = inner_product(convolve(convolver, model), cotangent);
  const InnerProduct in_light = inner_product(model, light_derivatives(convolver, cotangent));
  EXPECT_NEAR(in_light.value, in_image.value, 1e-14 * (in_image.magnitude + in_light.magnitude));
}

// Random PSFs and cotangents reach the highest frequencies, where the point source's transform is special.
TEST_P(ConvolverAdjointSizes, PointSourceIsTheTranspose) {
  const Convolver convolver(make_psf(-0.5), GetParam().region);
  const Grid& grid = convolver.model_grid();
  const Image cotangent = random_image(GetParam().region, 15, -1.0);
  for (const auto& [along_x, along_y] :
       {std::pair{0.5, 0.5}, {0.0, 0.0}, {0.37, 0.81}, {0.93, 0.04}, {1.0, 0.25}}) {
    const double x = grid.x0 + along_x * (grid.shape.nx - 1) * grid.step;
    const double y = grid.y0 + along_y * (grid.shape.ny - 1) * grid.step;
    const PointWeights products = point_products(convolver, cotangent, x, y);
    const auto expect_product = [&](double product, PointWeights weights) {
      const InnerProduct expected = inner_product(point_source(convolver, x, y, weights), cotangent);
      EXPECT_NEAR(product, expected.value, 1e-13 * (1.0 + expected.magnitude))
          << "at (" << x << ", " << y << "), weights " << weights.value << " " << weights.dx << " "
          << weights.dy;
    };
    expect_product(products.value, {.value = 1.0});
    expect_product(products.dx, {.dx = 1.0});
    expect_product(products.dy, {.dy = 1.0});
  }
}

INSTANTIATE_TEST_SUITE_P(All, ConvolverAdjointSizes, convolver_sizes(), testing::PrintToStringParamName());

TEST(ConvolverAdjoint, PointSourceOnASubPixelIsThatSubPixel) {
  const Convolver convolver(Psf(random_image({8, 11}, 16, -0.5), {.oversample = 2, .x_center = 4.7}),
                            {12, 10});
  const Image cotangent = random_image({12, 10}, 17, -1.0);
  const Image derivatives = light_derivatives(convolver, cotangent);
  const Convolver::Spectrum spectrum = spectrum_of_cotangent(convolver, cotangent);
  const Grid& grid = convolver.model_grid();
  for (int row = 0; row < grid.shape.ny; row += 3) {
    for (int col = 0; col < grid.shape.nx; ++col) {
      const PointWeights products =
          convolver.point_source_adjoint(spectrum, grid.x0 + col * grid.step, grid.y0 + row * grid.step);
      EXPECT_NEAR(products.value, derivatives(row, col), 1e-13) << "row " << row << ", column " << col;
    }
  }
}

// The sum over pixels of the product of two Gaussians is the wider Gaussian at the distance of their centres.
TEST(ConvolverAdjoint, GaussianSeenThroughAGaussianIsTheWiderGaussian) {
  const double psf_sigma = 1.9;
  const double cotangent_sigma = 2.1;
  const double variance = psf_sigma * psf_sigma + cotangent_sigma * cotangent_sigma;
  const Convolver convolver(gaussian_psf({45, 44}, psf_sigma, 21.7, 22.2), {50, 51});
  Image cotangent(convolver.region());
  for (int row = 0; row < 50; ++row) {
    for (int col = 0; col < 51; ++col) {
      cotangent(row, col) = gaussian(col - 25.3, row - 24.4, cotangent_sigma);
    }
  }
  for (const auto& [x, y] : {std::pair{25.3, 24.4}, {27.9, 22.7}, {21.15, 26.0}}) {
    const double dx = x - 25.3;
    const double dy = y - 24.4;
    const double expected = gaussian(dx, dy, std::sqrt(variance));
    const PointWeights products = point_products(convolver, cotangent, x, y);
    EXPECT_NEAR(products.value, expected, 1e-12);
    EXPECT_NEAR(products.dx, -dx / variance * expected, 1e-12);
    EXPECT_NEAR(products.dy, -dy / variance * expected, 1e-12);
  }
}

// The derivatives to x and y are per data pixel whatever the oversampling.
TEST(ConvolverAdjoint, PointSourceDerivativesAreThoseOfItsValue) {
  for (const int oversample : {1, 2, 3}) {
    const Psf psf = gaussian_psf({14 * oversample, 15 * oversample}, 1.5 * oversample, 7.2 * oversample,
                                 6.9 * oversample, oversample);
    const Convolver convolver(psf, {18, 17});
    const Image cotangent = random_image({18, 17}, 18, -1.0);
    const double x = 9.31;
    const double y = 7.84;
    const double h = 1e-3;
    const auto value = [&](double dx, double dy) {
      return point_products(convolver, cotangent, x + dx, y + dy).value;
    };
    const PointWeights products = point_products(convolver, cotangent, x, y);
    EXPECT_NEAR(products.dx, (value(h, 0.0) - value(-h, 0.0)) / (2.0 * h), 1e-6);
    EXPECT_NEAR(products.dy, (value(0.0, h) - value(0.0, -h)) / (2.0 * h), 1e-6);
    EXPECT_GT(std::abs(products.dx), 1e-3);
    EXPECT_GT(std::abs(products.dy), 1e-3);
  }
}

TEST(ConvolverAdjoint, FarPointSourceHasNoDerivatives) {
  const Convolver convolver(Psf(random_image({9, 9}, 19)), {20, 20});
  const Convolver::Spectrum spectrum = spectrum_of_cotangent(convolver, Image({20, 20}, 1.0));
  for (const auto& [x, y] : {std::pair{-6.0, 10.0}, {25.5, 10.0}, {10.0, 1e9}, {-1e300, 0.0}}) {
    const PointWeights products = convolver.point_source_adjoint(spectrum, x, y);
    EXPECT_EQ(products.value, 0.0);
    EXPECT_EQ(products.dx, 0.0);
    EXPECT_EQ(products.dy, 0.0);
  }
  EXPECT_NE(convolver.point_source_adjoint(spectrum, -4.5, 10.0).value, 0.0);
}

}  // namespace
}  // namespace gaxel
