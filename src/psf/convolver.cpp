#include "psf/convolver.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <optional>
#include <span>
#include <vector>

#include "gaxel/error.hpp"
#include "psf/fft_size.hpp"

namespace gaxel {
namespace {

constexpr std::int64_t kMaxSubPixels = std::int64_t{1} << 31;

// One axis. Sub-pixel j of the region receives model sub-pixel i through PSF pixel k when i + k = j + n_psf
// - 1. So the model needs n * oversample + n_psf - 1 sub-pixels, and a circular convolution at least that
// long wraps only into sums i + k < n_psf - 1, which lie outside the region.
std::int64_t model_length(int n_region, int n_psf, int oversample) {
  return std::int64_t{n_region} * oversample + n_psf - 1;
}

// Position (data pixels) of model sub-pixel 0: the light that PSF pixel n_psf - 1 carries to sub-pixel 0 of
// the region.
double model_origin(int n_psf, double center, int oversample) {
  return (0.5 - (n_psf - 1 - center)) / oversample - 0.5;
}

Shape checked_model_shape(const Psf& psf, Shape region) {
  if (region.empty()) {
    throw InputError({"", "shape", fmt::format("({}, {})", region.ny, region.nx), "the image has no pixels",
                      "at least 1 pixel along each axis"});
  }
  const std::int64_t ny = model_length(region.ny, psf.kernel().ny(), psf.oversample());
  const std::int64_t nx = model_length(region.nx, psf.kernel().nx(), psf.oversample());
  if (ny > kMaxSubPixels / nx) {
    throw InputError(
        {"", "psf",
         fmt::format("{} x {} pixels, oversample {}", psf.kernel().nx(), psf.kernel().ny(), psf.oversample()),
         fmt::format("an image of {} x {} pixels with its margin would have {} x {} sub-pixels", region.nx,
                     region.ny, nx, ny),
         "2^31 sub-pixels in all"});
  }
  return {static_cast<int>(ny), static_cast<int>(nx)};
}

FftBuffer kernel_transform(const Image& kernel, bool absolute, const Fft2d& fft) {
  FftBuffer buffer(fft.size());
  const double scale = 1.0 / static_cast<double>(fft.size().size());
  for (int row = 0; row < kernel.ny(); ++row) {
    std::span<double> out = buffer.real_row(row);
    for (int col = 0; col < kernel.nx(); ++col) {
      const double value = kernel(row, col);
      out[static_cast<std::size_t>(col)] = scale * (absolute ? std::abs(value) : value);
    }
  }
  fft.forward(buffer);
  return buffer;
}

// Transform of a unit impulse at sub-pixel p of a circle of n, and its derivative with respect to p.
struct PhaseFactor {
  double re, im;
  double d_re, d_im;
};

std::vector<PhaseFactor> phase_factors(double p, int n, int n_frequencies) {
  std::vector<PhaseFactor> factors(static_cast<std::size_t>(n_frequencies));
  for (int k = 0; k < n_frequencies; ++k) {
    const int frequency = 2 * k <= n ? k : k - n;
    const double omega = 2.0 * std::numbers::pi * frequency / n;
    // The whole turns of frequency * p / n are taken off before the sine: no digits are lost on large images.
    const double turns = static_cast<double>(frequency) * p / n;
    const double phase = -2.0 * std::numbers::pi * (turns - std::nearbyint(turns));
    const double re = std::cos(phase);
    const double im = std::sin(phase);
    PhaseFactor& factor = factors[static_cast<std::size_t>(k)];
    if (2 * k == n) {
      // The highest frequency stands for + and - at once: only its even part is the transform of a real
      // image.
      factor = {re, 0.0, omega * im, 0.0};
    } else {
      factor = {re, im, omega * im, -omega * re};
    }
  }
  return factors;
}

// Times the PSF's transform: convolution (sign +1); times its complex conjugate: correlation (sign -1).
void multiply(FftBuffer& buffer, const FftBuffer& kernel, double sign) {
  for (int row = 0; row < buffer.size().ny; ++row) {
    double* light = buffer.spectrum_row(row);
    const double* response = kernel.spectrum_row(row);
    for (int i = 0; i < buffer.n_frequencies(); ++i, light += 2, response += 2) {
      const double response_im = sign * response[1];
      const double re = light[0] * response[0] - light[1] * response_im;
      light[1] = light[0] * response_im + light[1] * response[0];
      light[0] = re;
    }
  }
}

}  // namespace

Convolver::Convolver(const Psf& psf, Shape region)
    : region_(region), kernel_(psf.kernel().shape()), oversample_(psf.oversample()) {
  model_grid_ = {.shape = checked_model_shape(psf, region),
                 .x0 = model_origin(kernel_.nx, psf.x_center(), oversample_),
                 .y0 = model_origin(kernel_.ny, psf.y_center(), oversample_),
                 .step = 1.0 / oversample_};
  padded_ = {fast_fft_size(model_grid_.shape.ny), fast_even_fft_size(model_grid_.shape.nx)};
  fft_ = Fft2d::of_size(padded_);
  psf_ = std::make_shared<const FftBuffer>(kernel_transform(psf.kernel(), false, *fft_));
  const auto pixels = psf.kernel().pixels();
  const bool has_negative =
      std::any_of(pixels.begin(), pixels.end(), [](double value) { return value < 0.0; });
  absolute_psf_ =
      has_negative ? std::make_shared<const FftBuffer>(kernel_transform(psf.kernel(), true, *fft_)) : psf_;
}

void Convolver::transform(ConstImageView model, Spectrum& spectrum) const {
  FftBuffer& buffer = spectrum.buffer_;
  const auto n_model = static_cast<std::size_t>(model.nx());
  for (int row = 0; row < padded_.ny; ++row) {
    const std::span<double> out = buffer.real_row(row);
    if (row < model.ny()) {
      std::copy_n(model.row(row), n_model, out.begin());
      std::fill(out.begin() + static_cast<std::ptrdiff_t>(n_model), out.end(), 0.0);
    } else {
      std::fill(out.begin(), out.end(), 0.0);
    }
  }
  fft_->forward(buffer);
}

std::optional<Convolver::Position> Convolver::position_on_model(double x, double y) const {
  const Position p{(x - model_grid_.x0) * oversample_, (y - model_grid_.y0) * oversample_};
  const bool reaches = p.x > -1.0 && p.x < model_grid_.shape.nx && p.y > -1.0 && p.y < model_grid_.shape.ny;
  return reaches ? std::optional(p) : std::nullopt;
}

void Convolver::add_point_source(Spectrum& spectrum, double x, double y, PointWeights weights) const {
  const auto position = position_on_model(x, y);
  if (!position) return;
  const int n_frequencies = spectrum.buffer_.n_frequencies();
  const auto along_x = phase_factors(position->x, padded_.nx, n_frequencies);
  const auto along_y = phase_factors(position->y, padded_.ny, padded_.ny);
  const double dx = weights.dx * oversample_;
  const double dy = weights.dy * oversample_;
  for (int row = 0; row < padded_.ny; ++row) {
    const PhaseFactor& fy = along_y[static_cast<std::size_t>(row)];
    const double a_re = weights.value * fy.re + dy * fy.d_re;
    const double a_im = weights.value * fy.im + dy * fy.d_im;
    const double b_re = dx * fy.re;
    const double b_im = dx * fy.im;
    double* out = spectrum.buffer_.spectrum_row(row);
    for (const PhaseFactor& fx : along_x) {
      out[0] += a_re * fx.re - a_im * fx.im + b_re * fx.d_re - b_im * fx.d_im;
      out[1] += a_re * fx.im + a_im * fx.re + b_re * fx.d_im + b_im * fx.d_re;
      out += 2;
    }
  }
}

void Convolver::convolve(Spectrum& spectrum, ImageView image) const {
  multiply_back(spectrum, *psf_, image);
}

void Convolver::convolve_bound(Spectrum& spectrum, ImageView image) const {
  multiply_back(spectrum, *absolute_psf_, image);
  for (double& pixel : image.pixels()) pixel = std::max(pixel, 0.0);
}

std::span<double> Convolver::region_row(FftBuffer& buffer, int sub_row) const {
  const auto first = static_cast<std::size_t>(kernel_.nx - 1);
  const auto length = static_cast<std::size_t>(region_.nx) * static_cast<std::size_t>(oversample_);
  return buffer.real_row(kernel_.ny - 1 + sub_row).subspan(first, length);
}

void Convolver::multiply_back(Spectrum& spectrum, const FftBuffer& kernel, ImageView image) const {
  FftBuffer& buffer = spectrum.buffer_;
  multiply(buffer, kernel, 1.0);
  fft_->backward(buffer);
  for (int row = 0; row < region_.ny; ++row) {
    double* out = image.row(row);
    std::fill_n(out, region_.nx, 0.0);
    for (int sub_row = 0; sub_row < oversample_; ++sub_row) {
      const double* in = region_row(buffer, row * oversample_ + sub_row).data();
      for (int col = 0; col < region_.nx; ++col) {
        for (int sub_col = 0; sub_col < oversample_; ++sub_col) out[col] += *in++;
      }
    }
  }
}

void Convolver::convolve_adjoint(ConstImageView cotangent, Spectrum& spectrum) const {
  FftBuffer& buffer = spectrum.buffer_;
  buffer.clear();
  for (int row = 0; row < region_.ny; ++row) {
    const double* in = cotangent.row(row);
    for (int sub_row = 0; sub_row < oversample_; ++sub_row) {
      double* out = region_row(buffer, row * oversample_ + sub_row).data();
      for (int col = 0; col < region_.nx; ++col) out = std::fill_n(out, oversample_, in[col]);
    }
  }
  fft_->forward(buffer);
  multiply(buffer, *psf_, -1.0);
}

PointWeights Convolver::point_source_adjoint(const Spectrum& spectrum, double x, double y) const {
  const auto position = position_on_model(x, y);
  if (!position) return {};
  const int n_frequencies = spectrum.buffer_.n_frequencies();
  auto along_x = phase_factors(position->x, padded_.nx, n_frequencies);
  // In the inner product of real images each frequency counts for its mirror image too, except the lowest
  // and, as padded_.nx is even, the highest: they are their own.
  for (PhaseFactor& f : std::span(along_x).subspan(1, along_x.size() - 2)) {
    f = {2.0 * f.re, 2.0 * f.im, 2.0 * f.d_re, 2.0 * f.d_im};
  }
  const auto along_y = phase_factors(position->y, padded_.ny, padded_.ny);
  PointWeights products;
  for (int row = 0; row < padded_.ny; ++row) {
    // The row's spectrum, conjugate, times the factors along x and their derivatives.
    const double* in = spectrum.buffer_.spectrum_row(row);
    double re = 0.0;
    double im = 0.0;
    double d_re = 0.0;
    double d_im = 0.0;
    for (const PhaseFactor& fx : along_x) {
      re += in[0] * fx.re + in[1] * fx.im;
      im += in[0] * fx.im - in[1] * fx.re;
      d_re += in[0] * fx.d_re + in[1] * fx.d_im;
      d_im += in[0] * fx.d_im - in[1] * fx.d_re;
      in += 2;
    }
    const PhaseFactor& fy = along_y[static_cast<std::size_t>(row)];
    products.value += fy.re * re - fy.im * im;
    products.dx += fy.re * d_re - fy.im * d_im;
    products.dy += fy.d_re * re - fy.d_im * im;
  }
  products.dx *= oversample_;
  products.dy *= oversample_;
  return products;
}

void Convolver::transform_adjoint(Spectrum& spectrum, ImageView model) const {
  FftBuffer& buffer = spectrum.buffer_;
  fft_->backward(buffer);
  for (int row = 0; row < model.ny(); ++row) {
    std::copy_n(buffer.real_row(row).data(), model.nx(), model.row(row));
  }
}

}  // namespace gaxel
