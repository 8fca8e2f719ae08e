// PSFs and regions of many sizes, and convolution written out as sums, for the tests of the convolver.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <ostream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "psf/convolver.hpp"
#include "psf/point_light.hpp"

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

// The part of a Gaussian of unit flux at (x, y) in a square of that side about the origin.
inline double gaussian_in_square(double x, double y, double sigma, double side) {
  const auto part = [&](double at) {
    const double scale = 1.0 / (std::numbers::sqrt2 * sigma);
    return 0.5 * (std::erf((0.5 * side - at) * scale) - std::erf((-0.5 * side - at) * scale));
  };
  return part(x) * part(y);
}

// A Gaussian PSF, sampled or integrated over squares of side `pixel` (in its own pixels); sigma in its own
// pixels.
inline Psf gaussian_psf(Shape shape, double sigma, PsfOptions options, double pixel = 0.0) {
  const double x = options.x_center.value_or(shape.nx / 2);
  const double y = options.y_center.value_or(shape.ny / 2);
  Image kernel(shape);
  for (int row = 0; row < shape.ny; ++row) {
    for (int col = 0; col < shape.nx; ++col) {
      kernel(row, col) = pixel > 0.0 ? gaussian_in_square(col - x, row - y, sigma, pixel)
                                     : gaussian(col - x, row - y, sigma);
    }
  }
  return Psf(kernel, options);
}

inline Image convolve(const Convolver& convolver, const Image& model, Sampling sampling) {
  Image image(convolver.region(), -1.0);
  Convolver::Spectrum spectrum = convolver.make_spectrum();
  convolver.transform(model.view(), spectrum, sampling);
  convolver.convolve(spectrum, image.view());
  return image;
}

inline Image point_source(const Convolver& convolver, double x, double y, PointWeights weights) {
  Image image(convolver.region(), -1.0);
  Convolver::Spectrum spectrum = convolver.make_spectrum();
  Convolver::Spectrum* const spectra[] = {&spectrum};
  convolver.add(spectra, PointLight(convolver, x, y, {weights}));
  convolver.convolve(spectrum, image.view());
  return image;
}

// The transfer function of an image as gaxel/psf.hpp states it, term by term.
inline std::complex<double> transfer(const Psf& psf, double kx, double ky) {
  const double o = psf.oversample();
  const auto sinc = [](double x) { return x == 0.0 ? 1.0 : std::sin(x) / x; };
  std::complex<double> sum = 0.0;
  for (int row = 0; row < psf.kernel().ny(); ++row) {
    for (int col = 0; col < psf.kernel().nx(); ++col) {
      const double angle = (kx * (col - psf.x_center()) + ky * (row - psf.y_center())) / o;
      sum += psf.kernel()(row, col) * std::polar(1.0, -angle);
    }
  }
  const double data = sinc(kx / 2) * sinc(ky / 2);
  switch (psf.pixel_in_psf()) {
    case PixelInPsf::kOwn:
      return sum * data / (sinc(kx / (2 * o)) * sinc(ky / (2 * o)));
    case PixelInPsf::kData:
      return sum;
    case PixelInPsf::kNone:
      return sum * data;
  }
  return 0.0;
}

// The image of light at points, on the padded grid's frequencies and written out as sums: the definition of
// what a convolver does. An end of the band that is among the frequencies counts half. Frequencies beyond
// `highest` are left out.
struct Point {
  double x, y, flux;
};

inline Image sum_of_frequencies(const Convolver& convolver, const Psf& psf, const std::vector<Point>& points,
                                double highest, bool divide_by_pixel = false) {
  const auto [ny, nx] = convolver.padded();
  const double band = std::min(highest, std::numbers::pi * psf.oversample());
  Image image(convolver.region());
  const auto last = [&](int n) {
    return static_cast<int>(std::floor(band * n / (2 * std::numbers::pi) + 1e-9));
  };
  const auto weight = [&](double k) { return std::abs(std::abs(k) - band) < 1e-9 ? 0.5 : 1.0; };
  const auto sinc = [](double x) { return x == 0.0 ? 1.0 : std::sin(x) / x; };
  for (int i = -last(ny); i <= last(ny); ++i) {
    for (int j = -last(nx); j <= last(nx); ++j) {
      const double ky = 2 * std::numbers::pi * i / ny;
      const double kx = 2 * std::numbers::pi * j / nx;
      std::complex<double> light = 0.0;
      for (const Point& point : points) light += point.flux * std::polar(1.0, -kx * point.x - ky * point.y);
      std::complex<double> term = transfer(psf, kx, ky) * light * weight(kx) * weight(ky) / double(nx * ny);
      if (divide_by_pixel) term /= sinc(kx / 2) * sinc(ky / 2);
      for (int row = 0; row < image.ny(); ++row) {
        for (int col = 0; col < image.nx(); ++col) {
          image(row, col) += (term * std::polar(1.0, kx * col + ky * row)).real();
        }
      }
    }
  }
  return image;
}

// Points on the pixels of a model's image.
inline std::vector<Point> points_of(const Convolver& convolver, const Image& model) {
  std::vector<Point> points;
  for (int row = 0; row < model.ny(); ++row) {
    for (int col = 0; col < model.nx(); ++col) {
      points.push_back({convolver.model_grid().x0 + col, convolver.model_grid().y0 + row, model(row, col)});
    }
  }
  return points;
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
  double oversample;
  double shift_x, shift_y;  // of the centre from the default one
  PixelInPsf pixel = PixelInPsf::kOwn;
};

// Tests are named after this.
inline void PrintTo(const Sizes& sizes, std::ostream* stream) {
  const auto text = [](Shape shape) { return std::to_string(shape.nx) + "x" + std::to_string(shape.ny); };
  *stream << "region_" << text(sizes.region) << "_psf_" << text(sizes.kernel) << "_oversample_"
          << std::lround(100 * sizes.oversample) << "_percent_pixel_" << static_cast<int>(sizes.pixel);
  if (sizes.shift_x != 0.0 || sizes.shift_y != 0.0) *stream << "_shifted";
}

inline auto convolver_sizes() {
  return ::testing::Values(
      Sizes{{17, 17}, {5, 5}, 1, 0.0, 0.0}, Sizes{{16, 23}, {6, 4}, 1, 0.0, 0.0, PixelInPsf::kNone},
      Sizes{{13, 8}, {7, 4}, 1, 0.0, 0.0, PixelInPsf::kData}, Sizes{{9, 20}, {5, 7}, 1, 0.3, -0.45},
      Sizes{{9, 7}, {9, 8}, 2, 0.0, 0.0}, Sizes{{8, 9}, {10, 13}, 3, 0.4, -1.2, PixelInPsf::kData},
      Sizes{{7, 6}, {11, 10}, 3.3, 0.0, 0.0}, Sizes{{5, 6}, {11, 10}, 2.6, 0.1, 0.7, PixelInPsf::kNone},
      Sizes{{11, 12}, {5, 6}, 0.5, 0.0, 0.0}, Sizes{{10, 11}, {5, 6}, 0.7, 0.2, 0.0, PixelInPsf::kNone},
      Sizes{{1, 1}, {3, 3}, 1, 0.0, 0.0}, Sizes{{10, 3}, {1, 1}, 1, 0.0, 0.0, PixelInPsf::kNone},
      Sizes{{4, 6}, {15, 12}, 1, 2.0, -3.0}, Sizes{{6, 5}, {11, 12}, 5, 0.0, 0.0});
}

class ConvolverSizes : public ::testing::TestWithParam<Sizes> {
 protected:
  Psf make_psf(double low = 0.0) const {
    const Sizes& sizes = GetParam();
    return Psf(random_image(sizes.kernel, 1, low), {.oversample = sizes.oversample,
                                                    .x_center = sizes.kernel.nx / 2 + sizes.shift_x,
                                                    .y_center = sizes.kernel.ny / 2 + sizes.shift_y,
                                                    .pixel_in_psf = sizes.pixel});
  }
};

}  // namespace gaxel::test
