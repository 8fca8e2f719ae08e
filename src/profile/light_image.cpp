#include "gaxel/light_image.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

#include "gaxel/error.hpp"

namespace gaxel {
namespace {

[[noreturn]] void reject(std::string value, std::string what, std::string allowed) {
  throw InputError({"", "image", std::move(value), std::move(what), std::move(allowed)});
}

/// Solves (c[k-1] + 4 c[k] + c[k+1]) / 6 = p[k] on an infinite line that is zero outside `line`: the kernel's
/// inverse is sqrt(3) z^|k| with z = sqrt(3) - 2 (Unser, Aldroubi & Eden 1993, IEEE Trans. Signal Process.
/// 41, 821, for cubic B-splines, whose values at integers the kernel is).
void solve_line(double* line, int n, std::ptrdiff_t stride, std::vector<double>& scratch) {
  constexpr double kRoot = std::numbers::sqrt3 - 2.0;
  scratch.resize(static_cast<std::size_t>(n));
  double backward = 0.0;
  for (int k = n - 1; k >= 0; --k) {
    scratch[static_cast<std::size_t>(k)] = kRoot * backward;
    backward = line[k * stride] + kRoot * backward;
  }
  double forward = 0.0;
  for (int k = 0; k < n; ++k) {
    forward = line[k * stride] + kRoot * forward;
    line[k * stride] = std::numbers::sqrt3 * (forward + scratch[static_cast<std::size_t>(k)]);
  }
}

/// The three quadratic B-splines that are not zero at a distance t, -1/2 to 1/2, from a pixel's centre: those
/// of the pixel before it, its own and the one after.
std::array<double, 3> splines(double t) {
  return {0.5 * (0.5 - t) * (0.5 - t), 0.75 - t * t, 0.5 * (0.5 + t) * (0.5 + t)};
}

/// Their integrals from -infinity.
std::array<double, 3> spline_integrals(double t) {
  const double low = 0.5 - t;
  const double high = 0.5 + t;
  return {1.0 - low * low * low / 6.0, 0.5 + t * (0.75 - t * t / 3.0), high * high * high / 6.0};
}

}  // namespace

void LightImage::check_shape(Shape shape) {
  const std::string size = fmt::format("{} x {} pixels", shape.nx, shape.ny);
  if (shape.empty()) reject(size, "the image has no pixels", "at least 1 along each axis");
  if (shape.size() > static_cast<std::size_t>(kMaxPixels)) {
    reject(size, "the image is too large for a component", fmt::format("at most {} pixels", kMaxPixels));
  }
}

LightImage::LightImage(Image pixels) : pixels_(std::move(pixels)) {
  const Shape shape = pixels_.shape();
  check_shape(shape);
  long double sum = 0.0L;
  for (int row = 0; row < shape.ny; ++row) {
    for (int column = 0; column < shape.nx; ++column) {
      const double value = pixels_(row, column);
      if (!std::isfinite(value)) {
        reject(fmt::format("{} in column {}, row {} (0-based)", value, column, row), "a pixel is not finite",
               "finite values; replace or cut off the bad pixels");
      }
      sum += value;
    }
  }
  sum_ = static_cast<double>(sum);
  if (!(sum_ > 0.0 && std::isfinite(sum_))) {
    reject(fmt::format("sum {:.6g}", sum_), "the sum of the image is not positive",
           "a positive sum, which the component's flux is scaled by");
  }
  const Shape padded{shape.ny + 2 * kMargin, shape.nx + 2 * kMargin};
  coefficients_ = Image(padded);
  for (int row = 0; row < shape.ny; ++row) {
    for (int column = 0; column < shape.nx; ++column)
      coefficients_(row + kMargin, column + kMargin) = pixels_(row, column) / sum_;
  }
  std::vector<double> scratch;
  for (int row = 0; row < padded.ny; ++row) solve_line(coefficients_.view().row(row), padded.nx, 1, scratch);
  for (int column = 0; column < padded.nx; ++column)
    solve_line(coefficients_.data() + column, padded.ny, padded.nx, scratch);
  running_ = coefficients_;
  for (int row = 0; row < padded.ny; ++row) {
    double* line = running_.view().row(row);
    long double before = 0.0L;
    for (int column = 0; column < padded.nx; ++column) {
      before += line[column];
      line[column] = static_cast<double>(before);
    }
  }
}

LightImage::Piece LightImage::piece(double u, double v) const {
  const int nx = coefficients_.nx();
  const int ny = coefficients_.ny();
  // Far outside an integer could not hold the position.
  const int column = static_cast<int>(std::lround(std::clamp(u + kMargin, -2.0, nx + 1.0)));
  const int row = static_cast<int>(std::lround(std::clamp(v + kMargin, -2.0, ny + 1.0)));
  Piece piece;
  piece.u_ = column - kMargin;
  piece.v_ = row - kMargin;
  for (int j = 0; j < 3; ++j) {
    const int line = row + j - 1;
    if (line < 0 || line >= ny) continue;
    const auto index = static_cast<std::size_t>(j);
    const double* coefficient = coefficients_.view().row(line);
    const int before = std::min(column - 2, nx - 1);
    if (before >= 0) piece.before_[index] = running_(line, before);
    for (int i = std::max(0, 1 - column); i < std::min(3, nx + 1 - column); ++i)
      piece.coefficients_[index][static_cast<std::size_t>(i)] = coefficient[column + i - 1];
  }
  return piece;
}

LightImage::Value LightImage::Piece::at(double u, double v) const {
  // Beyond the outermost pieces all light is behind or nothing is, whatever the distance.
  const double du = std::clamp(u - u_, -0.5, 0.5);
  const double dv = std::clamp(v - v_, -0.5, 0.5);
  const std::array<double, 3> along_v = splines(dv);
  const std::array<double, 3> along_u = splines(du);
  const std::array<double, 3> integrals = spline_integrals(du);
  Value value{0.0, 0.0};
  for (std::size_t j = 0; j < 3; ++j) {
    const std::array<double, 3>& c = coefficients_[j];
    value.density += along_v[j] * (along_u[0] * c[0] + along_u[1] * c[1] + along_u[2] * c[2]);
    value.cumulative +=
        along_v[j] * (before_[j] + integrals[0] * c[0] + integrals[1] * c[1] + integrals[2] * c[2]);
  }
  return value;
}

// The splines add up to 1.
double LightImage::Piece::brightest() const {
  double largest = 0.0;
  for (const std::array<double, 3>& row : coefficients_) {
    for (const double c : row) largest = std::max(largest, std::abs(c));
  }
  return largest;
}

double LightImage::Piece::magnitude() const {
  double largest = 0.0;
  for (std::size_t j = 0; j < 3; ++j) {
    const std::array<double, 3>& c = coefficients_[j];
    largest = std::max(largest, std::abs(before_[j]) + std::abs(c[0]) + std::abs(c[1]) + std::abs(c[2]));
  }
  return largest;
}

}  // namespace gaxel
