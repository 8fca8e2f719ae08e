// Light that is drawn on fine cells, through a PSF: against closed forms, and backwards.
#include "psf/drawn_light.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "psf/convolver_cache.hpp"
#include "psf/convolver_support.hpp"

namespace gaxel {
namespace {

using test::gaussian_in_square;
using test::random_image;

constexpr Shape kRegion{21, 24};
const double kFwhm = std::sqrt(8.0 * std::numbers::ln2);  // of sigma 1

Grid cells_on(const Convolver& convolver, int m) {
  const Grid& pixels = convolver.model_grid();
  const double step = 1.0 / m;
  return {{pixels.shape.ny * m, pixels.shape.nx * m}, pixels.x0 + 0.1, pixels.y0 - 0.2, step};
}

Image convolved(const Convolver& convolver, const DrawnGrid& grid, const FftBuffer& transform,
                DrawnLight::Row row) {
  Convolver::Spectrum spectrum = convolver.make_spectrum();
  Convolver::Spectrum* const to = &spectrum;
  convolver.add({&to, 1}, DrawnLight(grid, transform, row));
  Image image(kRegion);
  convolver.convolve(spectrum, image.view());
  return image;
}

// A Gaussian's integrals over cells, through a Gaussian PSF.
TEST(DrawnLight, OfAGaussianIsAWiderOne) {
  const Convolver convolver(Psf::gaussian({1.3 * kFwhm, 1.0, 0.0}), kRegion, {.negligible_light = 1e-15});
  for (const int m : {2, 4}) {
    const Grid grid = cells_on(convolver, m);
    constexpr double kX = 11.3;
    constexpr double kY = 8.9;
    constexpr double kSigma = 1.5;
    Image drawing(grid.shape);
    for (int row = 0; row < drawing.ny(); ++row) {
      for (int col = 0; col < drawing.nx(); ++col) {
        drawing(row, col) = gaussian_in_square(grid.x0 + col * grid.step - kX, grid.y0 + row * grid.step - kY,
                                               kSigma, grid.step);
      }
    }
    const DrawnGrid drawn(convolver, grid, 1);
    const FftBuffer transform = drawn.transform(drawing.view());
    const Image image = convolved(convolver, drawn, transform, &DrawnGrid::row);
    for (int row = 0; row < image.ny(); ++row) {
      for (int col = 0; col < image.nx(); ++col) {
        EXPECT_NEAR(image(row, col), gaussian_in_square(col - kX, row - kY, std::hypot(kSigma, 1.3), 1.0),
                    1e-12);
      }
    }
  }
}

// An impulse in one cell is no light of this order, but the leak of what lies beyond is told: a thousandth
// where the box lets a tenth through, next to nothing for splines.
TEST(DrawnLight, AliasesAreEstimatedByTheOrder) {
  const Convolver convolver(Psf::gaussian({1.3 * kFwhm, 1.0, 0.0}), kRegion);
  const Grid grid = cells_on(convolver, 2);
  Image drawing(grid.shape);
  drawing(grid.shape.ny / 2, grid.shape.nx / 2) = 1.0;
  double largest[2] = {0.0, 0.0};
  for (const int which : {0, 1}) {
    const DrawnGrid drawn(convolver, grid, which == 0 ? 1 : 7);
    const FftBuffer transform = drawn.transform(drawing.view());
    const Image image = convolved(convolver, drawn, transform, &DrawnGrid::aliases);
    for (const double pixel : image.pixels()) largest[which] = std::max(largest[which], std::abs(pixel));
  }
  EXPECT_GT(largest[0], 1e-3);
  EXPECT_LT(largest[0], 1e-1);
  EXPECT_GT(largest[1], 0.0);
  EXPECT_LT(largest[1], 1e-5);
  EXPECT_LT(convolver.aliasing(2, 7), 1e-5 * convolver.aliasing(2, 1) * 10.0);
  EXPECT_LT(convolver.aliasing(4, 7), convolver.aliasing(2, 7));
}

TEST(DrawnLight, GatheringIsTheTranspose) {
  PsfOptions options;
  options.oversample = 2.0;
  const Convolver convolver(test::gaussian_psf({13, 12}, 2.1, options), kRegion);
  const Grid grid = cells_on(convolver, 2);
  const DrawnGrid drawn(convolver, grid, 7);
  const Image drawing = random_image(grid.shape, 3, -1.0);
  const Image cotangent = random_image(kRegion, 4, -1.0);
  const Image image = convolved(convolver, drawn, drawn.transform(drawing.view()), &DrawnGrid::row);
  Convolver::Spectrum spectrum = convolver.make_spectrum();
  convolver.convolve_adjoint(cotangent.view(), spectrum);
  double product = 0.0;
  double size = 0.0;
  for (std::size_t i = 0; i < image.size(); ++i) {
    product += image.data()[i] * cotangent.data()[i];
    size += std::abs(image.data()[i] * cotangent.data()[i]);
  }
  for (const int threads : {1, 3}) {
    Image gathered(grid.shape);
    drawn.gather(spectrum, threads, gathered.view());
    double transposed = 0.0;
    for (std::size_t i = 0; i < gathered.size(); ++i) transposed += gathered.data()[i] * drawing.data()[i];
    EXPECT_NEAR(transposed, product, 1e-13 * size);
  }
  // And of the light by its transform.
  double by_row = -1.0;
  convolver.add_adjoint(spectrum, DrawnLight(drawn, drawn.transform(drawing.view()), &DrawnGrid::row),
                        {&by_row, 1});
  EXPECT_NEAR(by_row, product, 1e-13 * size);
}

// An image leaves nothing out, whatever may be left out: its convolver serves all tolerances.
TEST(ConvolverCache, TransformsAnImageOnceForAllTolerances) {
  const Psf image = test::gaussian_psf({9, 9}, 1.5, {});
  const ConvolverOptions coarse{.negligible_light = 1e-6};
  const ConvolverOptions fine{.negligible_light = 1e-10};
  EXPECT_EQ(ConvolverCache::convolver(image, kRegion, coarse),
            ConvolverCache::convolver(image, kRegion, fine));
  const Psf moffat = Psf::moffat({3.0, 1.0, 0.0}, 3.0);
  EXPECT_NE(ConvolverCache::convolver(moffat, kRegion, coarse),
            ConvolverCache::convolver(moffat, kRegion, fine));
}

}  // namespace
}  // namespace gaxel
