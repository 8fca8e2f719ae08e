// PSFs and regions of many sizes, and convolution written out as sums, for the tests of the convolver.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <ostream>
#include <random>
#include <string>

#include "psf/convolver.hpp"

namespace gaxel::test {

inline Image random_image(Shape shape, unsigned seed, double low = 0.0) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<double> uniform(low, 1.0);
  Image image(shape);
  for (double& pixel : image.pixels()) pixel = uniform(generator);
  return image;
}

inline double gaussian(double dx, double dy, double sigma) {
  return std::exp(-0.5 * (dx * dx + dy * dy) / (sigma * sigma)) / (2.0 * std::numbers::pi * sigma * sigma);
}

// A Gaussian PSF, sampled; sigma in PSF pixels.
inline Psf gaussian_psf(Shape shape, double sigma, double x_center, double y_center, int oversample = 1) {
  Image kernel(shape);
  for (int row = 0; row < shape.ny; ++row) {
    for (int col = 0; col < shape.nx; ++col)
      kernel(row, col) = gaussian(col - x_center, row - y_center, sigma);
  }
  return Psf(kernel, {.oversample = oversample, .x_center = x_center, .y_center = y_center});
}

inline Image convolve(const Convolver& convolver, const Image& model) {
  Image image(convolver.region(), -1.0);
  Convolver::Spectrum spectrum = convolver.make_spectrum();
  convolver.transform(model.view(), spectrum);
  convolver.convolve(spectrum, image.view());
  return image;
}

inline Image point_source(const Convolver& convolver, double x, double y, PointWeights weights) {
  Image image(convolver.region(), -1.0);
  Convolver::Spectrum spectrum = convolver.make_spectrum();
  convolver.add_point_source(spectrum, x, y, weights);
  convolver.convolve(spectrum, image.view());
  return image;
}

// The definition, from positions alone: every model sub-pixel's light goes, through every PSF pixel, to the
// position offset by (col - x_center, row - y_center) / oversample, and is counted in the data pixel that it
// lies in. Calls visit(model row, model column, PSF's value, data row, data column) for each that arrives.
template <typename Visit>
void for_each_path(const Convolver& convolver, const Psf& psf, Visit visit) {
  const Grid& grid = convolver.model_grid();
  const Shape region = convolver.region();
  for (int i = 0; i < grid.shape.ny; ++i) {
    for (int j = 0; j < grid.shape.nx; ++j) {
      for (int row = 0; row < psf.kernel().ny(); ++row) {
        for (int col = 0; col < psf.kernel().nx(); ++col) {
          const double x = grid.x0 + j * grid.step + (col - psf.x_center()) / psf.oversample();
          const double y = grid.y0 + i * grid.step + (row - psf.y_center()) / psf.oversample();
          const auto to_col = static_cast<int>(std::lround(x));
          const auto to_row = static_cast<int>(std::lround(y));
          if (to_col < 0 || to_col >= region.nx || to_row < 0 || to_row >= region.ny) continue;
          visit(i, j, psf.kernel()(row, col), to_row, to_col);
        }
      }
    }
  }
}

inline Image direct_sum(const Convolver& convolver, const Psf& psf, const Image& model,
                        bool absolute = false) {
  Image image(convolver.region());
  for_each_path(convolver, psf, [&](int i, int j, double response, int to_row, int to_col) {
    image(to_row, to_col) += model(i, j) * (absolute ? std::abs(response) : response);
  });
  return image;
}

inline double largest_difference(const Image& a, const Image& b) {
  double largest = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i)
    largest = std::max(largest, std::abs(a.pixels()[i] - b.pixels()[i]));
  return largest;
}

inline double total(const Image& image) {
  double sum = 0.0;
  for (double pixel : image.pixels()) sum += pixel;
  return sum;
}

struct Sizes {
  Shape region;
  Shape kernel;
  int oversample;
  double shift_x, shift_y;  // of the centre from the default one
};

// Tests are named after this.
inline void PrintTo(const Sizes& sizes, std::ostream* stream) {
  const auto text = [](Shape shape) { return std::to_string(shape.nx) + "x" + std::to_string(shape.ny); };
  *stream << "region_" << text(sizes.region) << "_psf_" << text(sizes.kernel) << "_oversample_"
          << sizes.oversample;
  if (sizes.shift_x != 0.0 || sizes.shift_y != 0.0) *stream << "_shifted";
}

inline auto convolver_sizes() {
  return ::testing::Values(Sizes{{17, 17}, {5, 5}, 1, 0.0, 0.0}, Sizes{{16, 23}, {6, 4}, 1, 0.0, 0.0},
                           Sizes{{13, 8}, {7, 4}, 1, 0.0, 0.0}, Sizes{{9, 20}, {5, 7}, 1, 0.3, -0.45},
                           Sizes{{11, 7}, {9, 8}, 2, 0.0, 0.0}, Sizes{{8, 9}, {10, 13}, 3, 0.4, -1.2},
                           Sizes{{5, 6}, {21, 20}, 5, 0.0, 0.0}, Sizes{{1, 1}, {3, 3}, 1, 0.0, 0.0},
                           Sizes{{10, 3}, {1, 1}, 1, 0.0, 0.0}, Sizes{{4, 6}, {15, 12}, 1, 2.0, -3.0});
}

class ConvolverSizes : public ::testing::TestWithParam<Sizes> {
 protected:
  Psf make_psf(double low = 0.0) const {
    const Sizes& sizes = GetParam();
    return Psf(random_image(sizes.kernel, 1, low), {.oversample = sizes.oversample,
                                                    .x_center = sizes.kernel.nx / 2 + sizes.shift_x,
                                                    .y_center = sizes.kernel.ny / 2 + sizes.shift_y});
  }
};

}  // namespace gaxel::test
