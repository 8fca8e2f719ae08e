// Ways to convolve an image with the pixels of a PSF: by one FFT of the padded image, by FFTs of blocks whose
// results overlap and are added, and directly. Prints the table of docs/design/convolution_ways.md.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <vector>

#include "gaxel/image.hpp"
#include "psf/fft.hpp"
#include "psf/fft_size.hpp"

namespace gaxel::bench {
namespace {

// The least processor time of a few runs, milliseconds.
template <class Run>
double milliseconds(const Run& run) {
  double least = std::numeric_limits<double>::infinity();
  double total = 0.0;
  while (total < 150.0) {
    const auto start = std::chrono::steady_clock::now();
    run();
    const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - start;
    least = std::min(least, taken.count());
    total += taken.count();
  }
  return least;
}

// Multiplies a spectrum with the transform of the PSF.
void multiply(const FftBuffer& psf, FftBuffer& light) {
  for (int row = 0; row < light.size().ny; ++row) {
    const double* factor = psf.spectrum_row(row);
    double* to = light.spectrum_row(row);
    for (int i = 0; i < light.n_frequencies(); ++i, to += 2, factor += 2) {
      const double re = to[0] * factor[0] - to[1] * factor[1];
      to[1] = to[0] * factor[1] + to[1] * factor[0];
      to[0] = re;
    }
  }
}

// All results have (image + psf - 1) rows and columns.
class Ways {
 public:
  Ways(int n, int k) : image_(Shape{n, n}), psf_(Shape{k, k}), result_(Shape{n + k - 1, n + k - 1}) {
    for (std::size_t i = 0; i < image_.size(); ++i) {
      image_.data()[i] = std::sin(0.37 * static_cast<double>(i));
    }
    for (std::size_t i = 0; i < psf_.size(); ++i) {
      psf_.data()[i] = 1.0 / (1.0 + static_cast<double>(i % 7));
    }
  }

  const Image& result() const { return result_; }

  void direct() {
    std::ranges::fill(result_.pixels(), 0.0);
    for (int row = 0; row < image_.ny(); ++row) {
      for (int b = 0; b < psf_.ny(); ++b) {
        double* const to = result_.view().row(row + b);
        const double* const from = image_.view().row(row);
        for (int a = 0; a < psf_.nx(); ++a) {
          const double share = psf_(b, a);
          for (int col = 0; col < image_.nx(); ++col) to[col + a] += share * from[col];
        }
      }
    }
  }

  // Blocks of `side` pixels; as large as the image: one FFT.
  void blocks(int side) {
    const int block = std::min(side, image_.nx());
    const int size = fast_even_fft_size(block + psf_.nx() - 1);
    if (fft_ == nullptr || fft_->size().nx != size) {
      fft_ = Fft2d::of_size({size, size});
      transform_ = FftBuffer({size, size});
      place(psf_, 0, 0, psf_.nx(), transform_);
      for (int row = 0; row < psf_.ny(); ++row) {
        for (double& value : transform_.real_row(row)) value /= static_cast<double>(size) * size;
      }
      fft_->forward(transform_);
    }
    std::ranges::fill(result_.pixels(), 0.0);
    FftBuffer buffer({size, size});
    for (int row = 0; row < image_.ny(); row += block) {
      for (int col = 0; col < image_.nx(); col += block) {
        buffer.clear();
        place(image_, row, col, block, buffer);
        fft_->forward(buffer);
        multiply(transform_, buffer);
        fft_->backward(buffer);
        add(buffer, row, col, block + psf_.nx() - 1);
      }
    }
  }

 private:
  static void place(const Image& from, int first_row, int first_col, int side, FftBuffer& to) {
    const int n_cols = std::min(side, from.nx() - first_col);
    for (int row = 0; row < std::min(side, from.ny() - first_row); ++row) {
      std::copy_n(from.view().row(first_row + row) + first_col, n_cols, to.real_row(row).data());
    }
  }

  void add(FftBuffer& from, int first_row, int first_col, int side) {
    const int n_cols = std::min(side, result_.nx() - first_col);
    for (int row = 0; row < std::min(side, result_.ny() - first_row); ++row) {
      const double* const values = from.real_row(row).data();
      double* const to = result_.view().row(first_row + row) + first_col;
      for (int col = 0; col < n_cols; ++col) to[col] += values[col];
    }
  }

  Image image_;
  Image psf_;
  Image result_;
  std::shared_ptr<const Fft2d> fft_;
  FftBuffer transform_{Shape{1, 2}};
};

double largest_difference(const Image& a, const Image& b) {
  double largest = 0.0;
  double scale = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::abs(a.data()[i] - b.data()[i]));
    scale = std::max(scale, std::abs(b.data()[i]));
  }
  return largest / scale;
}

}  // namespace
}  // namespace gaxel::bench

int main() {
  using namespace gaxel::bench;
  fmt::print(
      "| image | PSF | one FFT, ms | blocks of 64 | of 128 | of 256 | directly | largest difference |\n");
  fmt::print("|---|---|---|---|---|---|---|---|\n");
  for (const int n : {32, 128, 256, 1024, 2048}) {
    for (const int k : {3, 7, 15, 31, 51}) {
      Ways ways(n, k);
      ways.direct();
      const gaxel::Image exact = ways.result();
      double difference = 0.0;
      std::string row = fmt::format("| {0} x {0} | {1} x {1} |", n, k);
      for (const int side : {n, 64, 128, 256}) {
        if (side != n && side >= n) {
          row += " - |";
          continue;
        }
        ways.blocks(side);
        difference = std::max(difference, largest_difference(ways.result(), exact));
        row += fmt::format(" {:.3g} |", milliseconds([&] { ways.blocks(side); }));
      }
      row += fmt::format(" {:.3g} | {:.0e} |", milliseconds([&] { ways.direct(); }), difference);
      fmt::print("{}\n", row);
      std::fflush(stdout);
    }
  }
}
