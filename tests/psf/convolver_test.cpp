// The convolver against sums written out, closed forms, and its promises.
#include "psf/convolver.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <thread>
#include <vector>

#include "gaxel/error.hpp"
#include "psf/convolver_support.hpp"
#include "psf/fft_size.hpp"

namespace gaxel {
namespace {

using test::convolve;
using test::ConvolverSizes;
using test::direct_sum;
using test::gaussian;
using test::gaussian_psf;
using test::largest_difference;
using test::point_source;
using test::random_image;
using test::total;

TEST_P(ConvolverSizes, EqualsTheDirectSum) {
  const Psf psf = make_psf();
  const Convolver convolver(psf, GetParam().region);
  const Image model = random_image(convolver.model_grid().shape, 2);
  EXPECT_LT(largest_difference(convolve(convolver, model), direct_sum(convolver, psf, model)), 1e-13);
}

TEST_P(ConvolverSizes, BoundGoesThroughAbsoluteValues) {
  const Psf psf = make_psf(-0.5);
  const Convolver convolver(psf, GetParam().region);
  const Image model = random_image(convolver.model_grid().shape, 3);
  Image bound(GetParam().region, -1.0);
  Convolver::Spectrum spectrum = convolver.make_spectrum();
  convolver.transform(model.view(), spectrum);
  convolver.convolve_bound(spectrum, bound.view());
  const Image expected = direct_sum(convolver, psf, model, true);
  EXPECT_LT(largest_difference(bound, expected), 1e-13 * total(expected));
}

// The light that can reach the region is all on the model's grid, and every sub-pixel of the grid reaches it.
TEST_P(ConvolverSizes, ModelGridIsTheReachOfThePsf) {
  const Psf psf = make_psf();
  const Convolver convolver(psf, GetParam().region);
  const Grid& grid = convolver.model_grid();
  const double oversample = psf.oversample();
  const double last_x = grid.x0 + (grid.shape.nx - 1) * grid.step;
  const double first_sub_pixel = 0.5 / oversample - 0.5;
  const double last_sub_pixel = GetParam().region.nx - 0.5 - 0.5 / oversample;
  EXPECT_NEAR(grid.x0 + (psf.kernel().nx() - 1 - psf.x_center()) / oversample, first_sub_pixel, 1e-12);
  EXPECT_NEAR(last_x - psf.x_center() / oversample, last_sub_pixel, 1e-12);
}

// A point source on the centre of a model sub-pixel is that sub-pixel's light: inside the region and in the
// margin.
TEST_P(ConvolverSizes, PointSourceOnASubPixelIsThatSubPixel) {
  const Psf psf = make_psf();
  const Convolver convolver(psf, GetParam().region);
  const Grid& grid = convolver.model_grid();
  const int last_row = grid.shape.ny - 1;
  const int last_col = grid.shape.nx - 1;
  for (const auto& [row, col] : {std::pair{last_row / 2, last_col / 2}, {0, 0}, {last_row, last_col}}) {
    Image model(grid.shape);
    model(row, col) = 3.0;
    const Image image =
        point_source(convolver, grid.x0 + col * grid.step, grid.y0 + row * grid.step, {.value = 3.0});
    EXPECT_LT(largest_difference(image, direct_sum(convolver, psf, model)), 1e-12);
  }
}

INSTANTIATE_TEST_SUITE_P(All, ConvolverSizes, test::convolver_sizes(), testing::PrintToStringParamName());

TEST(Convolver, DefaultCentreLeavesPixelsInPlace) {
  for (int size : {5, 6}) {
    const Convolver convolver(Psf(Image({size, size}, 1.0)), {10, 12});
    const Grid& grid = convolver.model_grid();
    EXPECT_EQ(grid.step, 1.0);
    EXPECT_EQ(grid.x0, std::round(grid.x0));
    EXPECT_EQ(grid.y0, std::round(grid.y0));
  }
}

TEST(Convolver, GaussianThroughGaussianIsTheWiderGaussian) {
  const double light_sigma = 2.0;
  const double x = 20.3;
  const double y = 17.8;
  for (int oversample : {1, 2}) {
    const double psf_sigma = 1.8;
    const Psf psf = gaussian_psf({45 * oversample, 46 * oversample}, psf_sigma * oversample,
                                 22.37 * oversample, 21.9 * oversample, oversample);
    const Convolver convolver(psf, {40, 44});
    const Grid& grid = convolver.model_grid();
    Image model(grid.shape);
    for (int row = 0; row < model.ny(); ++row) {
      for (int col = 0; col < model.nx(); ++col) {
        model(row, col) = grid.step * grid.step *
                          gaussian(grid.x0 + col * grid.step - x, grid.y0 + row * grid.step - y, light_sigma);
      }
    }
    const Image image = convolve(convolver, model);
    const double sigma = std::hypot(light_sigma, psf_sigma);
    double largest = 0.0;
    for (int row = 0; row < 40; ++row) {
      for (int col = 0; col < 44; ++col) {
        double expected = 0.0;
        for (int i = 0; i < oversample * oversample; ++i) {
          const double sub_x = col + (i % oversample + 0.5) / oversample - 0.5;
          const double sub_y = row + (i / oversample + 0.5) / oversample - 0.5;
          expected += gaussian(sub_x - x, sub_y - y, sigma) / (oversample * oversample);
        }
        largest = std::max(largest, std::abs(image(row, col) - expected));
      }
    }
    EXPECT_LT(largest, 1e-12) << "oversample " << oversample;
  }
}

TEST(Convolver, FluxIsKept) {
  const Convolver convolver(Psf(random_image({7, 8}, 4), {.oversample = 2}), {20, 21});
  Image model(convolver.model_grid().shape);
  for (int row = 15; row < 25; ++row) {
    for (int col = 12; col < 30; ++col) model(row, col) = row + 0.1 * col;
  }
  EXPECT_NEAR(total(convolve(convolver, model)) / total(model), 1.0, 1e-13);
}

TEST(Convolver, NothingWrapsAround) {
  const Psf psf(random_image({9, 9}, 5));
  const Convolver convolver(psf, {30, 30});
  Image model(convolver.model_grid().shape);
  for (int row = 0; row < model.ny(); ++row)
    model(row, model.nx() - 1) = 1e3;  // the last column that still counts
  const Image image = convolve(convolver, model);
  for (int row = 0; row < 30; ++row) {
    for (int col = 0; col < 29; ++col) EXPECT_NEAR(image(row, col), 0.0, 1e-11);
    EXPECT_GT(image(row, 29), 1.0);
  }
}

TEST(Convolver, ShiftedGaussianIsTheGaussianElsewhere) {
  const double sigma = 2.2;
  const Psf psf = gaussian_psf({49, 47}, sigma, 23.0, 24.0);
  const Convolver convolver(psf, {60, 61});
  for (const auto& [x, y] : {std::pair{30.5, 29.5}, {25.123, 33.877}, {-3.4, 20.6}, {62.25, 64.75}}) {
    const Image image = point_source(convolver, x, y, {.value = 1.0});
    const Image image_dx = point_source(convolver, x, y, {.dx = 1.0});
    const Image image_dy = point_source(convolver, x, y, {.dy = 1.0});
    double largest = 0.0;
    for (int row = 0; row < 60; ++row) {
      for (int col = 0; col < 61; ++col) {
        const double value = gaussian(col - x, row - y, sigma);
        largest = std::max({largest, std::abs(image(row, col) - value),
                            std::abs(image_dx(row, col) - value * (col - x) / (sigma * sigma)),
                            std::abs(image_dy(row, col) - value * (row - y) / (sigma * sigma))});
      }
    }
    EXPECT_LT(largest, 1e-9) << x << ", " << y;
  }
}

// With M x M sub-pixels the shift is in units of the sub-pixels, and so is its derivative.
TEST(Convolver, OversampledPointSource) {
  const double sigma = 1.1;  // data pixels
  const Psf psf = gaussian_psf({61, 60}, 3 * sigma, 30.0, 30.0, 3);
  const Convolver convolver(psf, {20, 21});
  const double x = 10.27;
  const double y = 9.81;
  const Image image = point_source(convolver, x, y, {.value = 2.0});
  const Image slope = point_source(convolver, x, y, {.dx = 2.0, .dy = -1.0});
  for (int row = 0; row < 20; ++row) {
    for (int col = 0; col < 21; ++col) {
      double value = 0.0;
      double derivative = 0.0;
      for (int i = 0; i < 9; ++i) {
        const double dx = col + (i % 3 - 1) / 3.0 - x;
        const double dy = row + (i / 3 - 1) / 3.0 - y;
        const double sample = gaussian(dx, dy, sigma) / 9.0;
        value += 2.0 * sample;
        derivative += sample * (2.0 * dx - dy) / (sigma * sigma);
      }
      EXPECT_NEAR(image(row, col), value, 1e-9);
      EXPECT_NEAR(slope(row, col), derivative, 1e-9);
    }
  }
}

TEST(Convolver, FractionalShiftKeepsTheFlux) {
  const Convolver convolver(gaussian_psf({45, 45}, 2.5, 22.0, 22.0), {80, 80});
  EXPECT_NEAR(total(point_source(convolver, 39.37, 40.71, {.value = 5.0})), 5.0, 1e-12);
  EXPECT_NEAR(total(point_source(convolver, 39.37, 40.71, {.dx = 5.0, .dy = 1.0})), 0.0, 1e-12);
}

TEST(Convolver, FarPointSourceAddsNothing) {
  const Convolver convolver(Psf(random_image({9, 9}, 6)), {20, 20});
  for (const auto& [x, y] : {std::pair{-6.0, 10.0}, {25.5, 10.0}, {10.0, 1e9}, {-1e300, 0.0}}) {
    EXPECT_THAT(point_source(convolver, x, y, {.value = 1e6, .dx = 1e6}).pixels(), ::testing::Each(0.0));
  }
}

TEST(Convolver, SpectraAdd) {
  const Psf psf = gaussian_psf({15, 15}, 1.6, 7.0, 7.0);
  const Convolver convolver(psf, {24, 25});
  const Image model = random_image(convolver.model_grid().shape, 7);
  Image both({24, 25});
  Convolver::Spectrum spectrum = convolver.make_spectrum();
  convolver.transform(model.view(), spectrum);
  convolver.add_point_source(spectrum, 11.3, 12.6, {.value = 40.0});
  convolver.convolve(spectrum, both.view());
  const Image diffuse = convolve(convolver, model);
  const Image point = point_source(convolver, 11.3, 12.6, {.value = 40.0});
  for (std::size_t i = 0; i < both.size(); ++i) {
    EXPECT_NEAR(both.pixels()[i], diffuse.pixels()[i] + point.pixels()[i], 1e-12);
  }
  spectrum.clear();
  convolver.convolve(spectrum, both.view());
  EXPECT_THAT(both.pixels(), ::testing::Each(0.0));
}

TEST(Convolver, ThreadsGetEqualBits) {
  const Psf psf(random_image({12, 11}, 8));
  const Convolver convolver(psf, {50, 41});
  const Image model = random_image(convolver.model_grid().shape, 9);
  const Image expected = convolve(convolver, model);
  std::vector<Image> images(8);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < images.size(); ++i) {
      threads.emplace_back([&, i] {
        // Half of the threads make a convolver of their own, so that planning meets executing.
        images[i] = i % 2 == 0 ? convolve(convolver, model) : convolve(Convolver(psf, {50, 41}), model);
      });
    }
  }
  for (const Image& image : images) {
    EXPECT_THAT(image.pixels(), ::testing::ElementsAreArray(expected.pixels()));
  }
}

TEST(Convolver, RefusesImpossibleSizes) {
  const Psf psf(Image({3, 3}, 1.0), {.oversample = 1000});
  EXPECT_THROW(Convolver(psf, {0, 5}), InputError);
  EXPECT_THROW(Convolver(psf, {5, -1}), InputError);
  EXPECT_THROW(Convolver(psf, {100000, 100000}), InputError);
  EXPECT_THROW(Convolver(psf, {1, 2147483647}), InputError);
}

TEST(FftSize, IsTheSmallestSmoothNumber) {
  const auto largest_prime_factor = [](int n) {
    int largest = 1;
    for (int factor = 2; n > 1; ++factor) {
      for (; n % factor == 0; n /= factor) largest = factor;
    }
    return largest;
  };
  for (int n = 1; n < 3000; ++n) {
    int expected = n;
    while (largest_prime_factor(expected) > 7) ++expected;
    EXPECT_EQ(fast_fft_size(n), expected);
    expected = n + n % 2;
    while (largest_prime_factor(expected) > 7) expected += 2;
    EXPECT_EQ(fast_even_fft_size(n), expected);
  }
  EXPECT_EQ(fast_fft_size(0), 1);
  EXPECT_EQ(fast_fft_size((1 << 30) - 1), 1 << 30);
}

}  // namespace
}  // namespace gaxel
