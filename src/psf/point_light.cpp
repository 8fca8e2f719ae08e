#include "psf/point_light.hpp"

#include <cmath>
#include <numbers>
#include <utility>

namespace gaxel {

PointLight::PointLight(const Convolver& convolver, double x, double y, std::vector<PointWeights> images)
    : ny_(convolver.padded().ny),
      y_(y),
      along_x_(phases(convolver.frequencies_x().size(), convolver.padded().nx, x)),
      images_(std::move(images)) {}

std::complex<double> PointLight::phase_y(double ky) const {
  return phase(std::llround(ky * ny_ / (2.0 * std::numbers::pi)), ny_, y_);
}

// A derivative with respect to x multiplies by -i kx.
void PointLight::row(double ky, std::span<const double> kx, std::span<const ComplexRow> out) const {
  const std::complex<double> y = phase_y(ky);
  for (std::size_t d = 0; d < images_.size(); ++d) {
    const PointWeights& image = images_[d];
    for (std::size_t j = 0; j < kx.size(); ++j) {
      const double re = along_x_.re[j] * y.real() - along_x_.im[j] * y.imag();
      const double im = along_x_.re[j] * y.imag() + along_x_.im[j] * y.real();
      const double slope = image.dx * kx[j] + image.dy * ky;
      const double level = image.value - ((image.dxx * kx[j] + image.dxy * ky) * kx[j] + image.dyy * ky * ky);
      out[d].re[j] = level * re + slope * im;
      out[d].im[j] = level * im - slope * re;
    }
  }
}

void PointLight::row_adjoint(double ky, std::span<const double> kx, ConstComplexRow weights,
                             std::span<double> products) const {
  const std::complex<double> y = phase_y(ky);
  PointWeights sums;
  for (std::size_t j = 0; j < kx.size(); ++j) {
    const double re = along_x_.re[j] * y.real() - along_x_.im[j] * y.imag();
    const double im = along_x_.re[j] * y.imag() + along_x_.im[j] * y.real();
    const double turned = weights.re[j] * im + weights.im[j] * re;
    const double along = weights.re[j] * re - weights.im[j] * im;
    sums.value += along;
    sums.dxx -= kx[j] * kx[j] * along;
    sums.dxy -= kx[j] * ky * along;
    sums.dyy -= ky * ky * along;
    sums.dx += kx[j] * turned;
    sums.dy += ky * turned;
  }
  for (std::size_t d = 0; d < images_.size(); ++d) {
    const PointWeights& image = images_[d];
    products[d] += image.value * sums.value + image.dx * sums.dx + image.dy * sums.dy + image.dxx * sums.dxx +
                   image.dxy * sums.dxy + image.dyy * sums.dyy;
  }
}

}  // namespace gaxel
