#include "psf/fft.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>
#include <random>
#include <utility>

namespace gaxel {
namespace {

bool holds(RowRange rows, int row, int ny) {
  return (row - rows.first + ny) % ny < rows.n;
}

void fill_with_noise(FftBuffer& buffer) {
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal;
  for (int row = 0; row < buffer.size().ny; ++row) {
    for (double& value : buffer.real_row(row)) value = normal(random);
  }
}

/// The discrete Fourier transform written out, of the rows that count.
std::complex<double> transform_at(FftBuffer& image, RowRange used, int ky, int kx) {
  const Shape size = image.size();
  std::complex<double> sum = 0.0;
  for (int row = 0; row < size.ny; ++row) {
    if (!holds(used, row, size.ny)) continue;
    for (int col = 0; col < size.nx; ++col) {
      const double turns = static_cast<double>(kx * col) / size.nx + static_cast<double>(ky * row) / size.ny;
      sum += image.real_row(row)[static_cast<std::size_t>(col)] *
             std::polar(1.0, -2.0 * std::numbers::pi * turns);
    }
  }
  return sum;
}

class Fft2dRows : public testing::TestWithParam<RowRange> {};

TEST_P(Fft2dRows, ForwardIsTheTransformOfTheUsedRows) {
  constexpr Shape kSize{12, 14};
  FftBuffer image(kSize);
  fill_with_noise(image);
  FftBuffer spectrum = image;
  Fft2d::of_size(kSize)->forward(spectrum, GetParam());
  for (int ky = 0; ky < kSize.ny; ++ky) {
    for (int kx = 0; kx < spectrum.n_frequencies(); ++kx) {
      const std::complex<double> expected = transform_at(image, GetParam(), ky, kx);
      EXPECT_NEAR(spectrum.spectrum_row(ky)[2 * kx], expected.real(), 1e-12);
      EXPECT_NEAR(spectrum.spectrum_row(ky)[2 * kx + 1], expected.imag(), 1e-12);
    }
  }
}

TEST_P(Fft2dRows, BackwardGivesTheWantedRows) {
  constexpr Shape kSize{12, 14};
  FftBuffer image(kSize);
  fill_with_noise(image);
  FftBuffer there_and_back = image;
  const auto fft = Fft2d::of_size(kSize);
  fft->forward(there_and_back);
  fft->backward(there_and_back, GetParam());
  for (int row = 0; row < kSize.ny; ++row) {
    if (!holds(GetParam(), row, kSize.ny)) continue;
    for (std::size_t col = 0; col < 14; ++col) {
      EXPECT_NEAR(there_and_back.real_row(row)[col] / static_cast<double>(kSize.size()),
                  image.real_row(row)[col], 1e-14);
    }
  }
}

// Large enough for columns to be taken a few at a time, the last of them fewer.
TEST(Fft2d, LargeImagesTransformLikeSmallOnes) {
  constexpr Shape kSize{540, 270};
  FftBuffer image(kSize);
  fill_with_noise(image);
  FftBuffer spectrum = image;
  const auto fft = Fft2d::of_size(kSize);
  fft->forward(spectrum);
  for (const auto& [ky, kx] : {std::pair{0, 0}, {1, 7}, {269, 8}, {270, 135}, {539, 128}}) {
    const std::complex<double> expected = transform_at(image, {0, kSize.ny}, ky, kx);
    EXPECT_NEAR(spectrum.spectrum_row(ky)[2 * kx], expected.real(), 1e-9);
    EXPECT_NEAR(spectrum.spectrum_row(ky)[2 * kx + 1], expected.imag(), 1e-9);
  }
  fft->backward(spectrum);
  for (int row = 0; row < kSize.ny; ++row) {
    for (std::size_t col = 0; col < 270; ++col) {
      EXPECT_NEAR(spectrum.real_row(row)[col] / static_cast<double>(kSize.size()), image.real_row(row)[col],
                  1e-13);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Ranges, Fft2dRows,
                         testing::Values(RowRange{0, 12}, RowRange{0, 5}, RowRange{3, 4}, RowRange{9, 7}));

}  // namespace
}  // namespace gaxel
