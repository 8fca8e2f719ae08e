// The convolver run backwards, against sums written out, inner products and closed forms.
#include <gtest/gtest.h>

#include <array>
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
  convolver.transform(random_image(convolver.model_grid().shape, 11).view(), spectrum, Sampling::kPoint);
  convolver.convolve_adjoint(cotangent.view(), spectrum);
  return spectrum;
}

Image light_derivatives(const Convolver& convolver, const Image& cotangent, Sampling sampling) {
  Image derivatives(convolver.model_grid().shape, -1.0);
  Convolver::Spectrum spectrum = spectrum_of_cotangent(convolver, cotangent);
  convolver.transform_adjoint(spectrum, derivatives.view(), sampling);
  return derivatives;
}

// Inner products of the cotangent with the image of a unit source and its derivatives to x and y.
PointWeights point_products(const Convolver& convolver, const Image& cotangent, double x, double y,
                            int threads = 1) {
  std::array<double, 3> products{-1.0, -1.0, -1.0};
  convolver.add_adjoint(spectrum_of_cotangent(convolver, cotangent),
                        PointLight(convolver, x, y, {{.value = 1.0}, {.dx = 1.0}, {.dy = 1.0}}), products,
                        threads);
  return {products[0], products[1], products[2]};
}

// PSFs, cotangents and light of both signs: nothing but the right sums agrees.
class ConvolverAdjointSizes : public test::ConvolverSizes {};

TEST_P(ConvolverAdjointSizes, IsTheTranspose) {
  const Convolver convolver(make_psf(-0.5), GetParam().region);
  const Image model = random_image(convolver.model_grid().shape, 13, -1.0);
  const Image cotangent = random_image(GetParam().region, 14, -1.0);
  for (const Sampling sampling : {Sampling::kPoint, Sampling::kIntegrated}) {
    const InnerProduct in_image = inner_product(convolve(convolver, model, sampling), cotangent);
    const InnerProduct in_light = inner_product(model, light_derivatives(convolver, cotangent, sampling));
    EXPECT_NEAR(in_light.value, in_image.value, 1e-14 * (in_image.magnitude + in_light.magnitude));
  }
}

// Random PSFs and cotangents reach the highest frequencies, where the point source's transform is special.
TEST_P(ConvolverAdjointSizes, PointSourceIsTheTranspose) {
  const Convolver convolver(make_psf(-0.5), GetParam().region);
  const Grid& grid = convolver.model_grid();
  const Image cotangent = random_image(GetParam().region, 15, -1.0);
  for (const auto& [along_x, along_y] :
       {std::pair{0.5, 0.5}, {0.0, 0.0}, {0.37, 0.81}, {0.93, 0.04}, {1.0, 0.25}}) {
    const double x = grid.x0 + along_x * (grid.shape.nx - 1);
    const double y = grid.y0 + along_y * (grid.shape.ny - 1);
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

// The sum over pixels of the product of two Gaussians is the wider Gaussian at the distance of their centres.
TEST(ConvolverAdjoint, GaussianSeenThroughAGaussianIsTheWiderGaussian) {
  const double psf_sigma = 1.9;
  const double cotangent_sigma = 2.1;
  const double variance = psf_sigma * psf_sigma + cotangent_sigma * cotangent_sigma;
  const Convolver convolver(gaussian_psf({45, 44}, psf_sigma, {.x_center = 21.7, .y_center = 22.2}),
                            {50, 51});
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
    EXPECT_NEAR(products.value, expected, 1e-11);
    EXPECT_NEAR(products.dx, -dx / variance * expected, 1e-11);
    EXPECT_NEAR(products.dy, -dy / variance * expected, 1e-11);
  }
}

// The derivatives to x and y are per data pixel whatever the oversampling.
TEST(ConvolverAdjoint, PointSourceDerivativesAreThoseOfItsValue) {
  for (const double oversample : {1.0, 2.0, 3.3}) {
    const int size = static_cast<int>(15 * oversample);
    const Psf psf = gaussian_psf({size, size + 1}, 1.5 * oversample, {.oversample = oversample});
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

TEST(ConvolverAdjoint, ThreadsGetEqualBits) {
  const Convolver convolver(Psf(random_image({24, 22}, 8), {.oversample = 2.3}), {50, 41});
  const Image cotangent = random_image({50, 41}, 18, -1.0);
  const PointWeights one = point_products(convolver, cotangent, 20.1, 30.2, 1);
  const PointWeights many = point_products(convolver, cotangent, 20.1, 30.2, 3);
  EXPECT_EQ(one.value, many.value);
  EXPECT_EQ(one.dx, many.dx);
  EXPECT_EQ(one.dy, many.dy);
}

}  // namespace
}  // namespace gaxel
