#include "psf/convolver.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <utility>

#include "base/stop_scopes.hpp"
#include "gaxel/error.hpp"
#include "psf/fft_size.hpp"
#include "psf/sinc.hpp"

namespace gaxel {
namespace {

constexpr std::int64_t kMaxPixels = std::int64_t{1} << 31;
constexpr double kMaxFrequencies = 1 << 26;
constexpr double kMaxReach = 1 << 30;

void check_region(Shape region) {
  if (!region.empty()) return;
  throw InputError({"", "shape", fmt::format("({}, {})", region.ny, region.nx), "the image has no pixels",
                    "at least 1 pixel along each axis"});
}

// Light that the PSF spreads to the left by up to `left` counts from as far to the right of the region.
Grid checked_model_grid(const Reach& reach, Shape region) {
  const auto pixels = [](double margin) {
    return static_cast<std::int64_t>(std::ceil(std::clamp(margin, 0.0, kMaxReach)));
  };
  const std::int64_t nx = region.nx + pixels(reach.left) + pixels(reach.right);
  const std::int64_t ny = region.ny + pixels(reach.down) + pixels(reach.up);
  if (ny > kMaxPixels / nx) {
    throw InputError(
        {"", "psf",
         fmt::format("reaches {:.6g} x {:.6g} pixels", reach.left + reach.right, reach.down + reach.up),
         fmt::format("an image of {} x {} pixels with its margin would have {} x {} pixels", region.nx,
                     region.ny, nx, ny),
         "2^31 pixels in all"});
  }
  return {.shape = {static_cast<int>(ny), static_cast<int>(nx)},
          .x0 = -static_cast<double>(pixels(reach.right)),
          .y0 = -static_cast<double>(pixels(reach.up)),
          .step = 1.0};
}

// The frequencies 2 pi j / n with j from `first` to `last`.
std::vector<double> frequencies(int first, int last, int n) {
  std::vector<double> k;
  for (int j = first; j <= last; ++j) k.push_back(2.0 * std::numbers::pi * j / n);
  return k;
}

// The largest j with 2 pi j / n inside the band.
int last_frequency(double band, int n) {
  constexpr double kRounding = 1e-9;
  return static_cast<int>(std::floor(band * n / (2.0 * std::numbers::pi) * (1.0 + kRounding)));
}

// In sums over all frequencies those of a half spectrum also count for their mirror images, but for the
// lowest and, as nx is even, the highest along x.
double multiplicity(int column, int nx) {
  return column == 0 || 2 * column == nx ? 1.0 : 2.0;
}

}  // namespace

Convolver::Convolver(const Psf& psf, Shape region, ConvolverOptions options) : region_(region) {
  check_region(region);
  const PsfModel& model = psf.model();
  const Support support = model.support(options.negligible_light);
  model_grid_ = checked_model_grid(larger(options.reach, support.reach), region);
  padded_ = {fast_fft_size(model_grid_.shape.ny), fast_even_fft_size(model_grid_.shape.nx)};
  outside_ = support.outside;
  fft_ = Fft2d::of_size(padded_);
  make_response(model, options.negligible_transfer);
  make_image_response(model);
  absolute_ = std::make_unique<std::array<AbsoluteResponse, 2>>();
}

bool Convolver::reaches(double x, double y) const {
  const double i = x - model_grid_.x0;
  const double j = y - model_grid_.y0;
  return i > -1.0 && i < model_grid_.shape.nx && j > -1.0 && j < model_grid_.shape.ny;
}

void Convolver::make_response(const PsfModel& psf, double negligible) {
  const double band = psf.band(negligible);
  const double n_frequencies =
      band / std::numbers::pi * padded_.ny * (band / (2.0 * std::numbers::pi) * padded_.nx);
  if (!(n_frequencies < kMaxFrequencies)) {
    throw InputError({"", "psf", fmt::format("holds frequencies up to {:.6g} radians per pixel", band),
                      fmt::format("an image of {} x {} pixels would need {:.3g} of them", region_.nx,
                                  region_.ny, n_frequencies),
                      "2^26; a PSF that is less sharp, or a smaller image"});
  }
  Response& r = response_;
  r.last_x = last_frequency(band, padded_.nx);
  r.last_y = last_frequency(band, padded_.ny);
  r.kx = frequencies(0, r.last_x, padded_.nx);
  r.ky = frequencies(-r.last_y, r.last_y, padded_.ny);
  const double scale = 1.0 / static_cast<double>(padded_.size());
  r.values = ComplexTable(r.ky.size(), r.kx.size());
  psf.add_transfer(r.kx, r.ky, kHalfEdge, scale, r.values);
  for (std::size_t row = 0; row < r.ky.size(); ++row) {
    const ComplexRow values = r.values.row(row);
    std::size_t used = r.kx.size();
    const auto counts = [&](std::size_t j) {
      return std::hypot(values.re[j], values.im[j]) > negligible * scale;
    };
    while (used > 0 && !counts(used - 1)) --used;
    r.used.push_back(used);
    if (used == 0) continue;
    highest_ = std::max({highest_, r.kx[used - 1], std::abs(r.ky[row])});
  }
}

void Convolver::make_image_response(const PsfModel& psf) {
  const int half_x = padded_.nx / 2;
  const int half_y = padded_.ny / 2;
  const std::vector<double> kx = frequencies(0, half_x, padded_.nx);
  const std::vector<double> ky = frequencies(-half_y, half_y, padded_.ny);
  ComplexTable whole(ky.size(), kx.size());
  psf.add_transfer(kx, ky, kWholeEdge, 1.0 / static_cast<double>(padded_.size()), whole);
  // The highest frequency stands for + and - at once: it has the mean of both.
  ImageResponse& r = image_response_;
  r.values = ComplexTable(static_cast<std::size_t>(padded_.ny), kx.size());
  for (int row = 0; row < padded_.ny; ++row) {
    stop_if_wanted();
    const int j = row <= half_y ? row : row - padded_.ny;
    const int mirrored = 2 * row == padded_.ny ? -j : j;
    const ComplexRow to = r.values.row(static_cast<std::size_t>(row));
    const ComplexRow one = whole.row(static_cast<std::size_t>(half_y + j));
    const ComplexRow other = whole.row(static_cast<std::size_t>(half_y + mirrored));
    for (std::size_t i = 0; i < kx.size(); ++i) {
      to.re[i] = 0.5 * (one.re[i] + other.re[i]);
      to.im[i] = 0.5 * (one.im[i] + other.im[i]);
    }
    const std::size_t last = kx.size() - 1;
    const ComplexRow minus_one = whole.row(static_cast<std::size_t>(half_y - j));
    const ComplexRow minus_other = whole.row(static_cast<std::size_t>(half_y - mirrored));
    to.re[last] = 0.5 * to.re[last] + 0.25 * (minus_one.re[last] + minus_other.re[last]);
    to.im[last] = 0.5 * to.im[last] - 0.25 * (minus_one.im[last] + minus_other.im[last]);
    r.pixel_y.push_back(1.0 / sinc(0.5 * ky[static_cast<std::size_t>(half_y + j)]));
  }
  for (const double k : kx) r.pixel_x.push_back(1.0 / sinc(0.5 * k));
  for (int row = 0; row < padded_.ny; ++row) {
    stop_if_wanted();
    const auto index = static_cast<std::size_t>(row);
    const ConstComplexRow values = std::as_const(r.values).row(index);
    for (std::size_t i = 0; i < kx.size(); ++i) {
      const double pixel = r.pixel_x[i] * r.pixel_y[index];
      const double squares = multiplicity(static_cast<int>(i), padded_.nx) *
                             static_cast<double>(padded_.size()) *
                             (values.re[i] * values.re[i] + values.im[i] * values.im[i]);
      r.norms[static_cast<std::size_t>(Sampling::kPoint)] += squares;
      r.norms[static_cast<std::size_t>(Sampling::kIntegrated)] += pixel * pixel * squares;
    }
  }
  for (double& norm : r.norms) norm = std::sqrt(norm);
}

// Times the response: convolution; times its complex conjugate: correlation.
void Convolver::multiply(FftBuffer& buffer, Sampling sampling, bool conjugate) const {
  const ImageResponse& r = image_response_;
  const std::vector<double> ones(r.pixel_x.size(), 1.0);
  const bool integrated = sampling == Sampling::kIntegrated;
  const double* pixel_x = integrated ? r.pixel_x.data() : ones.data();
  const double sign = conjugate ? -1.0 : 1.0;
  stop_if_wanted();
  for (int row = 0; row < padded_.ny; ++row) {
    const auto index = static_cast<std::size_t>(row);
    const double pixel_y = integrated ? r.pixel_y[index] : 1.0;
    const ConstComplexRow response = r.values.row(index);
    double* light = buffer.spectrum_row(row);
    for (int i = 0; i < buffer.n_frequencies(); ++i, light += 2) {
      const double pixel = pixel_x[i] * pixel_y;
      const double response_re = pixel * response.re[i];
      const double response_im = sign * pixel * response.im[i];
      const double re = light[0] * response_re - light[1] * response_im;
      light[1] = light[0] * response_im + light[1] * response_re;
      light[0] = re;
    }
  }
}

// Pixel (0, 0) of the region is element (0, 0) of the buffer; what lies to the left of it or below comes
// round.
RowRange Convolver::rows_of_model() const {
  const int down = static_cast<int>(-model_grid_.y0);
  return {down > 0 ? padded_.ny - down : 0, model_grid_.shape.ny};
}

void Convolver::place(ConstImageView model, FftBuffer& buffer) const {
  const auto left = static_cast<std::ptrdiff_t>(-model_grid_.x0);
  const RowRange rows = rows_of_model();
  for (int i = 0; i < model.ny(); ++i) {
    const double* in = model.row(i);
    const std::span<double> out = buffer.real_row((rows.first + i) % padded_.ny);
    std::copy(in + left, in + model.nx(), out.begin());
    std::fill(out.begin() + (model.nx() - left), out.end() - left, 0.0);
    std::copy(in, in + left, out.end() - left);
  }
}

void Convolver::take(FftBuffer& buffer, ImageView model) const {
  const auto left = static_cast<std::ptrdiff_t>(-model_grid_.x0);
  const RowRange rows = rows_of_model();
  for (int i = 0; i < model.ny(); ++i) {
    double* out = model.row(i);
    const std::span<double> in = buffer.real_row((rows.first + i) % padded_.ny);
    std::copy(in.end() - left, in.end(), out);
    std::copy_n(in.begin(), model.nx() - left, out + left);
  }
}

void Convolver::Spectrum::add(const Spectrum& other) {
  for (int row = 0; row < buffer_.size().ny; ++row) {
    double* to = buffer_.spectrum_row(row);
    const double* from = other.buffer_.spectrum_row(row);
    for (int i = 0; i < 2 * buffer_.n_frequencies(); ++i) to[i] += from[i];
  }
}

void Convolver::transform(ConstImageView model, Spectrum& spectrum, Sampling sampling) const {
  place(model, spectrum.buffer_);
  fft_->forward(spectrum.buffer_, rows_of_model());
  multiply(spectrum.buffer_, sampling, false);
}

void Convolver::convolve(Spectrum& spectrum, ImageView image) const {
  fft_->backward(spectrum.buffer_, {0, region_.ny});
  for (int row = 0; row < region_.ny; ++row) {
    std::copy_n(spectrum.buffer_.real_row(row).data(), region_.nx, image.row(row));
  }
}

const FftBuffer& Convolver::absolute_response(Sampling sampling) const {
  AbsoluteResponse& absolute = (*absolute_)[static_cast<std::size_t>(sampling)];
  std::call_once(absolute.made, [&] {
    auto response = std::make_unique<FftBuffer>(padded_);
    response->real_row(0)[0] = 1.0;
    fft_->forward(*response);
    multiply(*response, sampling, false);
    fft_->backward(*response);
    const double scale = 1.0 / static_cast<double>(padded_.size());
    for (int row = 0; row < padded_.ny; ++row) {
      stop_if_wanted();
      for (double& value : response->real_row(row)) value = scale * std::abs(value);
    }
    fft_->forward(*response);
    absolute.transform = std::move(response);
  });
  return *absolute.transform;
}

void Convolver::convolve_bound(ConstImageView bound, Sampling sampling, ImageView image) const {
  Spectrum spectrum = make_undefined_spectrum();
  FftBuffer& buffer = spectrum.buffer_;
  place(bound, buffer);
  fft_->forward(buffer, rows_of_model());
  const FftBuffer& response = absolute_response(sampling);
  for (int row = 0; row < padded_.ny; ++row) {
    stop_if_wanted();
    double* light = buffer.spectrum_row(row);
    const double* factor = response.spectrum_row(row);
    for (int i = 0; i < buffer.n_frequencies(); ++i, light += 2, factor += 2) {
      const double re = light[0] * factor[0] - light[1] * factor[1];
      light[1] = light[0] * factor[1] + light[1] * factor[0];
      light[0] = re;
    }
  }
  convolve(spectrum, image);
  for (double& pixel : image.pixels()) pixel = std::max(pixel, 0.0);
}

void Convolver::convolve_adjoint(ConstImageView cotangent, Spectrum& spectrum) const {
  FftBuffer& buffer = spectrum.buffer_;
  for (int row = 0; row < region_.ny; ++row) {
    const std::span<double> to = buffer.real_row(row);
    std::copy_n(cotangent.row(row), region_.nx, to.begin());
    std::fill(to.begin() + region_.nx, to.end(), 0.0);
  }
  fft_->forward(buffer, {0, region_.ny});
}

void Convolver::transform_adjoint(Spectrum& spectrum, ImageView model, Sampling sampling) const {
  multiply(spectrum.buffer_, sampling, true);
  fft_->backward(spectrum.buffer_, rows_of_model());
  take(spectrum.buffer_, model);
}

}  // namespace gaxel
