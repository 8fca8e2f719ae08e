// The convolver against its definition written out as sums, closed forms, and its promises.
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
using test::gaussian;
using test::gaussian_in_square;
using test::gaussian_psf;
using test::largest_difference;
using test::point_source;
using test::random_image;
using test::sum_of_frequencies;
using test::total;

constexpr double kPi = std::numbers::pi;

TEST_P(ConvolverSizes, ImagesEqualTheSumOfFrequenciesUpToPi) {
  const Psf psf = make_psf(-0.5);
  const Convolver convolver(psf, GetParam().region);
  const Image model = random_image(convolver.model_grid().shape, 2);
  const auto points = test::points_of(convolver, model);
  for (const Sampling sampling : {Sampling::kPoint, Sampling::kIntegrated}) {
    const Image expected = sum_of_frequencies(convolver, psf, points, kPi, sampling == Sampling::kIntegrated);
    EXPECT_LT(largest_difference(convolve(convolver, model, sampling), expected),
              1e-13 * convolver.response_norm(sampling) * total(model));
  }
}

TEST_P(ConvolverSizes, PointSourcesEqualTheSumOfAllFrequencies) {
  const Psf psf = make_psf(-0.5);
  const Convolver convolver(psf, GetParam().region);
  const Grid& grid = convolver.model_grid();
  for (const auto& [x, y] : {std::pair{0.0, 0.0}, {0.37, -0.81}, {1.5, 0.5}, {grid.x0, grid.y0}}) {
    const Image expected = sum_of_frequencies(convolver, psf, {{x, y, 3.0}}, 1e9);
    EXPECT_LT(largest_difference(point_source(convolver, x, y, {.value = 3.0}), expected), 1e-12);
  }
}

TEST_P(ConvolverSizes, BoundGoesThroughAbsoluteValues) {
  const Psf psf = make_psf(-0.5);
  const Convolver convolver(psf, GetParam().region);
  const Shape shape = convolver.model_grid().shape;
  const Image model = random_image(shape, 3);
  for (const Sampling sampling : {Sampling::kPoint, Sampling::kIntegrated}) {
    Image bound(GetParam().region, -1.0);
    convolver.convolve_bound(model.view(), sampling, bound.view());
    // One pixel of the model after another.
    Image expected(GetParam().region);
    for (int row = 0; row < shape.ny; ++row) {
      for (int col = 0; col < shape.nx; ++col) {
        Image one(shape);
        one(row, col) = model(row, col);
        const Image part = convolve(convolver, one, sampling);
        for (std::size_t i = 0; i < part.size(); ++i) expected.pixels()[i] += std::abs(part.pixels()[i]);
      }
    }
    EXPECT_LT(largest_difference(bound, expected), 1e-13 * total(expected));
  }
}

// What is between the frequencies does not show on a grid that is wide enough.
TEST_P(ConvolverSizes, ModelGridIsTheReachOfThePsf) {
  const Psf psf = make_psf();
  const Convolver convolver(psf, GetParam().region);
  const Grid& grid = convolver.model_grid();
  const double last_x = grid.x0 + grid.shape.nx - 1;
  const double o = psf.oversample();
  EXPECT_EQ(grid.step, 1.0);
  EXPECT_EQ(grid.x0, std::round(grid.x0));
  EXPECT_LE(grid.x0, -(psf.kernel().nx() - 1 - psf.x_center()) / o);
  EXPECT_GE(grid.x0, -(psf.kernel().nx() - 1 - psf.x_center()) / o - 1.5);
  EXPECT_GE(last_x - (GetParam().region.nx - 1), psf.x_center() / o);
  EXPECT_LE(last_x - (GetParam().region.nx - 1), psf.x_center() / o + 1.5);
  EXPECT_GE(convolver.padded().nx, grid.shape.nx);
  EXPECT_GE(convolver.padded().ny, grid.shape.ny);
}

INSTANTIATE_TEST_SUITE_P(All, ConvolverSizes, test::convolver_sizes(), testing::PrintToStringParamName());

// With the light integrated over pixels, and a PSF that holds none, pixels of the light are spread as the
// PSF's image says: no frequency is involved.
TEST(Convolver, IntegralsThroughASampledPsfAreTheDirectSum) {
  for (const Shape kernel : {Shape{5, 5}, Shape{6, 4}, Shape{1, 1}, Shape{12, 15}}) {
    const Psf psf(random_image(kernel, 1, -0.5), {.pixel_in_psf = PixelInPsf::kNone});
    const Convolver convolver(psf, {13, 8});
    const Image model = random_image(convolver.model_grid().shape, 2);
    Image expected({13, 8});
    for (int row = 0; row < model.ny(); ++row) {
      for (int col = 0; col < model.nx(); ++col) {
        for (int b = 0; b < kernel.ny; ++b) {
          for (int a = 0; a < kernel.nx; ++a) {
            const int to_row = row + static_cast<int>(convolver.model_grid().y0) + b - kernel.ny / 2;
            const int to_col = col + static_cast<int>(convolver.model_grid().x0) + a - kernel.nx / 2;
            if (to_row < 0 || to_row >= 13 || to_col < 0 || to_col >= 8) continue;
            expected(to_row, to_col) += model(row, col) * psf.kernel()(b, a);
          }
        }
      }
    }
    EXPECT_LT(largest_difference(convolve(convolver, model, Sampling::kIntegrated), expected), 1e-13);
  }
}

// A Gaussian seen through a Gaussian, in pixels: the wider Gaussian, integrated over each once, whatever
// response the PSF's image holds, its sampling, and how the light is given.
struct Held {
  PixelInPsf pixel;
  double oversample;
  double side;  // of the square over which the image's values are integrated, in its own pixels
};

TEST(Convolver, GaussianThroughGaussianIsTheWiderGaussianInPixels) {
  const double light_sigma = 2.2;
  const double psf_sigma = 2.0;
  const double x = 20.3;
  const double y = 17.8;
  for (const Held& held : {Held{PixelInPsf::kOwn, 1.0, 1.0},
                           {PixelInPsf::kData, 1.0, 1.0},
                           {PixelInPsf::kNone, 1.0, 0.0},
                           {PixelInPsf::kOwn, 2.0, 1.0},
                           {PixelInPsf::kData, 2.0, 2.0},
                           {PixelInPsf::kNone, 2.0, 0.0},
                           {PixelInPsf::kOwn, 3.3, 1.0},
                           {PixelInPsf::kData, 3.3, 3.3},
                           {PixelInPsf::kNone, 1.7, 0.0}}) {
    const int size = static_cast<int>(33 * held.oversample);
    const Psf psf = gaussian_psf({size, size + 1}, psf_sigma * held.oversample,
                                 {.oversample = held.oversample,
                                  .x_center = 0.5 * size + 0.37,
                                  .y_center = 0.5 * size - 0.1,
                                  .pixel_in_psf = held.pixel},
                                 held.side);
    const Convolver convolver(psf, {40, 44});
    const Grid& grid = convolver.model_grid();
    Image points(grid.shape);
    Image integrals(grid.shape);
    for (int row = 0; row < grid.shape.ny; ++row) {
      for (int col = 0; col < grid.shape.nx; ++col) {
        points(row, col) = gaussian(grid.x0 + col - x, grid.y0 + row - y, light_sigma);
        integrals(row, col) = gaussian_in_square(grid.x0 + col - x, grid.y0 + row - y, light_sigma, 1.0);
      }
    }
    Image expected({40, 44});
    for (int row = 0; row < 40; ++row) {
      for (int col = 0; col < 44; ++col) {
        expected(row, col) = gaussian_in_square(col - x, row - y, std::hypot(light_sigma, psf_sigma), 1.0);
      }
    }
    EXPECT_LT(largest_difference(convolve(convolver, points, Sampling::kPoint), expected), 1e-10)
        << held.oversample;
    EXPECT_LT(largest_difference(convolve(convolver, integrals, Sampling::kIntegrated), expected), 1e-10)
        << held.oversample;
  }
}

// A PSF that is sharper than the data's pixels can show is held by its own finer sampling.
TEST(Convolver, PointSourceThroughASharpPsfIsTheGaussianInPixels) {
  const double sigma = 0.6;
  for (const double oversample : {4.0, 4.3}) {
    const int size = 36;
    const Psf psf = gaussian_psf({size, size}, sigma * oversample,
                                 {.oversample = oversample, .pixel_in_psf = PixelInPsf::kNone});
    const Convolver convolver(psf, {20, 21});
    for (const auto& [x, y] : {std::pair{10.0, 9.0}, {10.5, 9.5}, {7.27, 11.81}, {-0.3, 20.1}}) {
      const Image image = point_source(convolver, x, y, {.value = 2.0});
      const Image slope = point_source(convolver, x, y, {.dx = 1.0});
      for (int row = 0; row < 20; ++row) {
        for (int col = 0; col < 21; ++col) {
          EXPECT_NEAR(image(row, col), 2.0 * gaussian_in_square(col - x, row - y, sigma, 1.0), 1e-10);
          const double h = 1e-4;
          EXPECT_NEAR(slope(row, col),
                      (gaussian_in_square(col - x - h, row - y, sigma, 1.0) -
                       gaussian_in_square(col - x + h, row - y, sigma, 1.0)) /
                          (2.0 * h),
                      1e-7);
        }
      }
    }
  }
}

TEST(Convolver, FluxIsKept) {
  const Convolver convolver(Psf(random_image({7, 8}, 4), {.pixel_in_psf = PixelInPsf::kNone}), {20, 21});
  Image model(convolver.model_grid().shape);
  for (int row = 8; row < 15; ++row) {
    for (int col = 10; col < 16; ++col) model(row, col) = row + 0.1 * col;
  }
  EXPECT_NEAR(total(convolve(convolver, model, Sampling::kIntegrated)) / total(model), 1.0, 1e-13);
}

TEST(Convolver, NothingWrapsAround) {
  const Psf psf(random_image({9, 9}, 5), {.pixel_in_psf = PixelInPsf::kNone});
  const Convolver convolver(psf, {30, 30});
  Image model(convolver.model_grid().shape);
  for (int row = 0; row < model.ny(); ++row)
    model(row, model.nx() - 1) = 1e3;  // the last column that still counts
  const Image image = convolve(convolver, model, Sampling::kIntegrated);
  for (int row = 0; row < 30; ++row) {
    for (int col = 0; col < 29; ++col) EXPECT_NEAR(image(row, col), 0.0, 1e-11);
    EXPECT_GT(image(row, 29), 1.0);
  }
}

TEST(Convolver, ShiftedGaussianIsTheGaussianElsewhere) {
  const double sigma = 2.2;
  const Psf psf = gaussian_psf({49, 47}, sigma, {.x_center = 23.0, .y_center = 24.0});
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

TEST(Convolver, FractionalShiftKeepsTheFlux) {
  const Convolver convolver(gaussian_psf({45, 45}, 2.5, {}), {80, 80});
  EXPECT_NEAR(total(point_source(convolver, 39.37, 40.71, {.value = 5.0})), 5.0, 1e-12);
  EXPECT_NEAR(total(point_source(convolver, 39.37, 40.71, {.dx = 5.0, .dy = 1.0})), 0.0, 1e-12);
}

TEST(Convolver, FarLightDoesNotReach) {
  const Convolver convolver(Psf(random_image({9, 9}, 6)), {20, 20});
  for (const auto& [x, y] : {std::pair{-6.0, 10.0}, {25.5, 10.0}, {10.0, 1e9}, {-1e300, 0.0}}) {
    EXPECT_FALSE(convolver.reaches(x, y)) << x;
  }
  EXPECT_TRUE(convolver.reaches(-4.5, 10.0));
  EXPECT_TRUE(convolver.reaches(10.0, 23.9));
}

TEST(Convolver, SpectraAdd) {
  const Psf psf = gaussian_psf({15, 15}, 1.6, {});
  const Convolver convolver(psf, {24, 25});
  const Image model = random_image(convolver.model_grid().shape, 7);
  Image both({24, 25});
  Convolver::Spectrum spectrum = convolver.make_spectrum();
  Convolver::Spectrum* const spectra[] = {&spectrum};
  convolver.transform(model.view(), spectrum, Sampling::kPoint);
  convolver.add(spectra, PointLight(convolver, 11.3, 12.6, {{.value = 40.0}}));
  convolver.convolve(spectrum, both.view());
  const Image diffuse = convolve(convolver, model, Sampling::kPoint);
  const Image point = point_source(convolver, 11.3, 12.6, {.value = 40.0});
  for (std::size_t i = 0; i < both.size(); ++i) {
    EXPECT_NEAR(both.pixels()[i], diffuse.pixels()[i] + point.pixels()[i], 1e-12);
  }
  spectrum.clear();
  convolver.convolve(spectrum, both.view());
  EXPECT_THAT(both.pixels(), ::testing::Each(0.0));
}

TEST(Convolver, ConvolversThatShareAReachShareSpectra) {
  const Psf narrow = gaussian_psf({25, 25}, 2.0, {});
  const Psf wide = gaussian_psf({41, 41}, 2.5, {});
  const Convolver a(narrow, {24, 25}, {.reach = wide.model().support(0.0).reach});
  const Convolver b(wide, {24, 25}, {.reach = narrow.model().support(0.0).reach});
  ASSERT_EQ(a.padded(), b.padded());
  ASSERT_EQ(a.model_grid(), b.model_grid());
  Convolver::Spectrum spectrum = a.make_spectrum();
  Convolver::Spectrum* const spectra[] = {&spectrum};
  a.add(spectra, PointLight(a, 11.3, 12.6, {{.value = 40.0}}));
  b.add(spectra, PointLight(b, 5.0, 6.2, {{.value = 3.0}}));
  Image both({24, 25});
  a.convolve(spectrum, both.view());
  const Image one = point_source(Convolver(narrow, {24, 25}), 11.3, 12.6, {.value = 40.0});
  const Image other = point_source(Convolver(wide, {24, 25}), 5.0, 6.2, {.value = 3.0});
  for (std::size_t i = 0; i < both.size(); ++i) {
    EXPECT_NEAR(both.pixels()[i], one.pixels()[i] + other.pixels()[i], 1e-6);
  }
}

TEST(Convolver, ThreadsGetEqualBits) {
  const Psf psf(random_image({24, 22}, 8), {.oversample = 2.3});
  const Convolver convolver(psf, {50, 41});
  const Image model = random_image(convolver.model_grid().shape, 9);
  const auto make = [&](const Convolver& with, int n_threads) {
    Image image(with.region());
    Convolver::Spectrum spectrum = with.make_spectrum();
    Convolver::Spectrum* const spectra[] = {&spectrum};
    with.transform(model.view(), spectrum, Sampling::kPoint);
    with.add(spectra, PointLight(with, 11.3, 12.6, {{.value = 40.0}}), n_threads);
    with.convolve(spectrum, image.view());
    return image;
  };
  const Image expected = make(convolver, 1);
  EXPECT_THAT(make(convolver, 3).pixels(), ::testing::ElementsAreArray(expected.pixels()));
  std::vector<Image> images(8);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < images.size(); ++i) {
      threads.emplace_back([&, i] {
        // Half of the threads make a convolver of their own, so that planning meets executing.
        images[i] = i % 2 == 0 ? make(convolver, 2) : make(Convolver(psf, {50, 41}), 1);
      });
    }
  }
  for (const Image& image : images) {
    EXPECT_THAT(image.pixels(), ::testing::ElementsAreArray(expected.pixels()));
  }
}

TEST(Convolver, RefusesImpossibleSizes) {
  const Psf psf(Image({3, 3}, 1.0), {.oversample = 60.0});
  EXPECT_THROW(Convolver(psf, {0, 5}), InputError);
  EXPECT_THROW(Convolver(psf, {5, -1}), InputError);
  EXPECT_THROW(Convolver(psf, {100000, 100000}), InputError);
  EXPECT_THROW(Convolver(psf, {1, 2147483647}), InputError);
  EXPECT_THROW(Convolver(psf, {1000, 1000}), InputError);  // 3.6e9 frequencies
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
