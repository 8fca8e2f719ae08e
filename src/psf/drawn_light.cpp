#include "psf/drawn_light.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

#include "psf/sinc.hpp"
#include "psf/spline_leak.hpp"

namespace gaxel {
namespace {

// One over the transform of the spline at the frequencies 2 pi j / n below pi / step, n steps a period.
std::vector<double> spline_factors(int n, int order) {
  std::vector<double> factors;
  for (int j = 0; 2 * j < n; ++j) factors.push_back(std::pow(sinc(std::numbers::pi * j / n), -order));
  return factors;
}

}  // namespace

DrawnGrid::DrawnGrid(const Convolver& convolver, const Grid& grid, int order)
    : convolver_(convolver),
      y0_(grid.y0),
      m_(static_cast<int>(std::lround(1.0 / grid.step))),
      order_(order),
      size_{m_ * convolver.padded().ny, m_ * convolver.padded().nx} {
  const Shape period = convolver.padded();
  fft_ = Fft2d::of_size(size_);
  const std::vector<double> along_x = spline_factors(size_.nx, order);
  along_x_ = phases(along_x.size(), period.nx, grid.x0);
  for (std::size_t i = 0; i < along_x.size(); ++i) {
    along_x_.re[i] *= along_x[i];
    along_x_.im[i] *= along_x[i];
  }
  along_y_ = spline_factors(size_.ny, order);
}

FftBuffer DrawnGrid::transform(ConstImageView drawing) const {
  FftBuffer buffer(size_);
  for (int row = 0; row < drawing.ny(); ++row) {
    double* const to = buffer.real_row(row % size_.ny).data();
    for (int col = 0; col < drawing.nx(); ++col) to[col % size_.nx] += drawing(row, col);
  }
  fft_->forward(buffer);
  return buffer;
}

int DrawnGrid::row_of(double ky) const {
  return static_cast<int>(std::llround(ky * convolver_.padded().ny / (2.0 * std::numbers::pi)));
}

void DrawnGrid::row(const FftBuffer& transform, double ky, std::span<const double> kx,
                    const ComplexRow& out) const {
  const int j = row_of(ky);
  const auto distance = static_cast<std::size_t>(std::abs(j));
  const std::size_t n = distance < along_y_.size() ? std::min(kx.size(), along_x_.re.size()) : 0;
  if (n > 0) {
    const std::complex<double> y = along_y_[distance] * phase(j, convolver_.padded().ny, y0_);
    const double* from = transform.spectrum_row(j < 0 ? j + size_.ny : j);
    for (std::size_t i = 0; i < n; ++i) {
      const double re = along_x_.re[i] * y.real() - along_x_.im[i] * y.imag();
      const double im = along_x_.re[i] * y.imag() + along_x_.im[i] * y.real();
      out.re[i] = re * from[2 * i] - im * from[2 * i + 1];
      out.im[i] = re * from[2 * i + 1] + im * from[2 * i];
    }
  }
  std::fill(out.re + n, out.re + kx.size(), 0.0);
  std::fill(out.im + n, out.im + kx.size(), 0.0);
}

// The real part of the sum of weights * factor * transform is a sum over the cells of drawing * the inverse
// transform of the conjugates, in which all columns but the first count twice.
void DrawnGrid::gather(const Convolver::Spectrum& cotangent, int threads, ImageView drawing) const {
  FftBuffer buffer(size_);
  convolver_.for_each_weight(
      cotangent, threads, [&](std::size_t, double ky, std::span<const double> kx, ConstComplexRow weights) {
        const int j = row_of(ky);
        const auto distance = static_cast<std::size_t>(std::abs(j));
        if (distance >= along_y_.size()) return;
        const std::complex<double> y = along_y_[distance] * phase(j, convolver_.padded().ny, y0_);
        double* to = buffer.spectrum_row(j < 0 ? j + size_.ny : j);
        for (std::size_t i = 0; i < std::min(kx.size(), along_x_.re.size()); ++i) {
          const double re = along_x_.re[i] * y.real() - along_x_.im[i] * y.imag();
          const double im = along_x_.re[i] * y.imag() + along_x_.im[i] * y.real();
          const double share = i == 0 ? 1.0 : 0.5;
          to[2 * i] = share * (re * weights.re[i] - im * weights.im[i]);
          to[2 * i + 1] = -share * (re * weights.im[i] + im * weights.re[i]);
        }
      });
  fft_->backward(buffer);
  for (int row = 0; row < drawing.ny(); ++row) {
    const double* const from = buffer.real_row(row % size_.ny).data();
    for (int col = 0; col < drawing.nx(); ++col) drawing(row, col) = from[col % size_.nx];
  }
}

void DrawnGrid::aliases(const FftBuffer& transform, double ky, std::span<const double> kx,
                        const ComplexRow& out) const {
  const int j = row_of(ky);
  const double leak_y = spline_leak(ky, m_, order_);
  const auto add = [&](std::size_t to, double leak, int column, int row) {
    const auto i = static_cast<std::size_t>(column);
    const auto distance = static_cast<std::size_t>(std::abs(row));
    if (i >= along_x_.re.size() || distance >= along_y_.size()) return;
    const std::complex<double> place = along_y_[distance] * phase(row, convolver_.padded().ny, y0_) *
                                       std::complex(along_x_.re[i], along_x_.im[i]);
    const double* from = transform.spectrum_row(row < 0 ? row + size_.ny : row);
    const std::complex<double> light = leak * place * std::complex(from[2 * i], from[2 * i + 1]);
    out.re[to] += light.real();
    out.im[to] += light.imag();
  };
  std::fill_n(out.re, kx.size(), 0.0);
  std::fill_n(out.im, kx.size(), 0.0);
  const int half_x = size_.nx / 2;
  const int half_y = size_.ny / 2;
  for (std::size_t i = 0; i < kx.size(); ++i) {
    const auto column = static_cast<int>(i);
    add(i, spline_leak(kx[i], m_, order_), std::max(half_x - column, column), j);
    add(i, leak_y, column, std::abs(j) > half_y / 2 ? j : j < 0 ? j + half_y : j - half_y);
  }
}

void DrawnLight::row(double ky, std::span<const double> kx, std::span<const ComplexRow> out) const {
  (grid_.*row_)(transform_, ky, kx, out[0]);
}

void DrawnLight::row_adjoint(double ky, std::span<const double> kx, ConstComplexRow weights,
                             std::span<double> products) const {
  std::vector<double> re(kx.size());
  std::vector<double> im(kx.size());
  (grid_.*row_)(transform_, ky, kx, {re.data(), im.data()});
  for (std::size_t i = 0; i < kx.size(); ++i) products[0] += weights.re[i] * re[i] - weights.im[i] * im[i];
}

}  // namespace gaxel
