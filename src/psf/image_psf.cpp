#include "psf/image_psf.hpp"

#include <cmath>
#include <numbers>
#include <utility>

#include "base/stop_scopes.hpp"
#include "psf/sinc.hpp"

namespace gaxel {
namespace {

// A frequency counts as the end of the band if it misses it by rounding only.
constexpr double kEdgeWidth = 1e-9;

// result[j] += weight * values[j]
void add(double weight, const double* values, std::size_t n, double* result) {
  for (std::size_t j = 0; j < n; ++j) result[j] += weight * values[j];
}

// Rows exp(-i kx (a - center) / oversample) for the columns a of the image.
ComplexTable column_phases(std::span<const double> kx, int n_columns, double center, double oversample) {
  ComplexTable phases(static_cast<std::size_t>(n_columns), kx.size());
  for (int a = 0; a < n_columns; ++a) {
    const double x = (a - center) / oversample;
    const ComplexRow row = phases.row(static_cast<std::size_t>(a));
    for (std::size_t j = 0; j < kx.size(); ++j) {
      row.re[j] = std::cos(kx[j] * x);
      row.im[j] = -std::sin(kx[j] * x);
    }
  }
  return phases;
}

// Sums over an image's rows b of cos(y_b) and sin(y_b) times the transforms of the rows: those for ky, and
// with the sines' sign changed those for -ky.
struct RowSums {
  explicit RowSums(std::size_t n) : cos_re(n), cos_im(n), sin_re(n), sin_im(n) {}

  std::vector<double> cos_re;
  std::vector<double> cos_im;
  std::vector<double> sin_re;
  std::vector<double> sin_im;
};

RowSums sum_rows(const ComplexTable& rows, double ky, double center, double oversample) {
  const std::size_t n = rows.n_columns();
  RowSums sums(n);
  for (std::size_t b = 0; b < rows.n_rows(); ++b) {
    const double angle = ky * (static_cast<double>(b) - center) / oversample;
    const double c = std::cos(angle);
    const double s = std::sin(angle);
    const ConstComplexRow row = rows.row(b);
    add(c, row.re, n, sums.cos_re.data());
    add(c, row.im, n, sums.cos_im.data());
    add(s, row.re, n, sums.sin_re.data());
    add(s, row.im, n, sums.sin_im.data());
  }
  return sums;
}

}  // namespace

ImagePsf::ImagePsf(Image kernel, const PsfOptions& options)
    : kernel_(std::move(kernel)),
      oversample_(options.oversample),
      x_center_(*options.x_center),
      y_center_(*options.y_center),
      pixel_(options.pixel_in_psf) {}

std::vector<double> ImagePsf::pixel_factors(std::span<const double> k, double edge_at_pi) const {
  const double end = band(0.0);
  const double edge = oversample_ == 1.0 ? edge_at_pi : kHalfEdge;
  std::vector<double> factors(k.size());
  for (std::size_t j = 0; j < k.size(); ++j) {
    const double size = std::abs(k[j]);
    if (size > end * (1.0 + kEdgeWidth)) continue;
    const double weight = size < end * (1.0 - kEdgeWidth) ? 1.0 : edge;
    switch (pixel_) {
      case PixelInPsf::kOwn:
        // Without a rounding error where the pixels are the same.
        factors[j] = oversample_ == 1.0 ? weight : weight * sinc(0.5 * k[j]) / sinc(0.5 * k[j] / oversample_);
        break;
      case PixelInPsf::kData:
        factors[j] = weight;
        break;
      case PixelInPsf::kNone:
        factors[j] = weight * sinc(0.5 * k[j]);
        break;
    }
  }
  return factors;
}

void ImagePsf::add_transfer(std::span<const double> kx, std::span<const double> ky, double edge_at_pi,
                            double scale, ComplexTable& out) const {
  const std::vector<double> factors_x = pixel_factors(kx, edge_at_pi);
  const std::vector<double> factors_y = pixel_factors(ky, edge_at_pi);
  std::size_t n = kx.size();
  while (n > 0 && factors_x[n - 1] == 0.0) --n;
  const ComplexTable phases = column_phases(kx.first(n), kernel_.nx(), x_center_, oversample_);
  ComplexTable rows(static_cast<std::size_t>(kernel_.ny()), n);
  for (int b = 0; b < kernel_.ny(); ++b) {
    stop_if_wanted();
    const ComplexRow row = rows.row(static_cast<std::size_t>(b));
    for (int a = 0; a < kernel_.nx(); ++a) {
      const ConstComplexRow turned = std::as_const(phases).row(static_cast<std::size_t>(a));
      add(kernel_(b, a), turned.re, n, row.re);
      add(kernel_(b, a), turned.im, n, row.im);
    }
  }
  for (std::size_t up = ky.size() / 2; up < ky.size(); ++up) {
    if (factors_y[up] == 0.0) continue;
    stop_if_wanted();
    const std::size_t down = ky.size() - 1 - up;
    const RowSums sums = sum_rows(rows, ky[up], y_center_, oversample_);
    const ComplexRow at_up = out.row(up);
    const ComplexRow at_down = out.row(down);
    for (std::size_t j = 0; j < n; ++j) {
      const double factor = scale * factors_y[up] * factors_x[j];
      at_up.re[j] += factor * (sums.cos_re[j] + sums.sin_im[j]);
      at_up.im[j] += factor * (sums.cos_im[j] - sums.sin_re[j]);
      if (up == down) continue;
      at_down.re[j] += factor * (sums.cos_re[j] - sums.sin_im[j]);
      at_down.im[j] += factor * (sums.cos_im[j] + sums.sin_re[j]);
    }
  }
}

double ImagePsf::band(double /*negligible*/) const {
  return std::numbers::pi * oversample_;
}

Support ImagePsf::support(double /*negligible*/) const {
  // At the data's own sampling pixel meets pixel; else the light of a pixel may lie half a pixel further on.
  const double more = oversample_ == 1.0 ? 0.0 : 0.5;
  return {{.left = x_center_ / oversample_ + more,
           .right = (kernel_.nx() - 1 - x_center_) / oversample_ + more,
           .down = y_center_ / oversample_ + more,
           .up = (kernel_.ny() - 1 - y_center_) / oversample_ + more}};
}

}  // namespace gaxel
