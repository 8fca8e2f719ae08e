#include "gaxel/bands.hpp"

#include <fmt/format.h>

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "gaxel/error.hpp"

namespace gaxel {
namespace {

constexpr int kDegree = 3;

std::vector<double> chebyshev(int n, double x) {
  std::vector<double> t(static_cast<std::size_t>(n), 1.0);
  for (std::size_t i = 1; i < t.size(); ++i) t[i] = i == 1 ? x : 2.0 * x * t[i - 1] - t[i - 2];
  return t;
}

/// De Boor's recursion on knots that repeat degree + 1 times at -1 and at 1.
std::vector<double> b_splines(int n, double x) {
  const int degree = std::min(kDegree, n - 1);
  const int n_spans = n - degree;
  const auto knot = [&](int i) {
    return -1.0 + 2.0 * std::clamp(static_cast<double>(i - degree) / n_spans, 0.0, 1.0);
  };
  const int span = std::clamp(static_cast<int>(std::floor(0.5 * (x + 1.0) * n_spans)), 0, n_spans - 1);
  std::vector<double> b(static_cast<std::size_t>(n), 0.0);
  std::vector<double> local{1.0};  // of the functions first, first + 1, ... that are not zero in the span
  for (int d = 1; d <= degree; ++d) {
    std::vector<double> next(static_cast<std::size_t>(d) + 1, 0.0);
    const int first = span + degree - d + 1;
    for (int k = 0; k < d; ++k) {
      const double low = knot(first + k);
      const double high = knot(first + k + d);
      const double share = local[static_cast<std::size_t>(k)] / (high - low);
      next[static_cast<std::size_t>(k)] += share * (high - x);
      next[static_cast<std::size_t>(k) + 1] += share * (x - low);
    }
    local = std::move(next);
  }
  for (int k = 0; k <= degree; ++k)
    b[static_cast<std::size_t>(span + k)] = local[static_cast<std::size_t>(k)];
  return b;
}

}  // namespace

std::string_view to_text(Basis basis) {
  switch (basis) {
    case Basis::kConstant:
      break;
    case Basis::kBands:
      return "bands";
    case Basis::kChebyshev:
      return "chebyshev";
    case Basis::kBSpline:
      return "bspline";
  }
  return "constant";
}

Wavelengths::Wavelengths(std::vector<double> values) : values_(std::move(values)) {
  if (values_.empty()) throw InputError({"", "wavelength", "", "there is no band", "at least one"});
  if (values_.size() == 1) return;
  for (const double value : values_) {
    if (std::isfinite(value) && value > 0.0) continue;
    throw InputError({"", "wavelength", fmt::format("{}", value), "no wavelength",
                      "positive and finite, in one unit for all bands"});
  }
}

int Wavelengths::n_different() const {
  return static_cast<int>(std::set<double>(values_.begin(), values_.end()).size());
}

double Wavelengths::scaled(double wavelength) const {
  const auto [low, high] = std::ranges::minmax(values_);
  return high > low ? 2.0 * (wavelength - low) / (high - low) - 1.0 : 0.0;
}

int Wavelengths::n_coefficients(Basis basis, int n) const {
  return basis == Basis::kConstant ? 1 : basis == Basis::kBands ? size() : n;
}

std::vector<double> Wavelengths::functions(Basis basis, int n, double x) {
  return basis == Basis::kBSpline ? b_splines(n, x) : chebyshev(n, x);
}

std::vector<double> Wavelengths::functions_in(int band, Basis basis, int n) const {
  if (basis != Basis::kBands) return functions(basis, n, scaled((*this)[band]));
  std::vector<double> own(static_cast<std::size_t>(n), 0.0);
  own[static_cast<std::size_t>(band)] = 1.0;
  return own;
}

std::vector<double> Wavelengths::series_through(std::span<const double> in_bands, Basis basis, int n) const {
  Eigen::MatrixXd functions(size(), n);
  for (int band = 0; band < size(); ++band) {
    const std::vector<double> row = functions_in(band, basis, n);
    functions.row(band) = Eigen::Map<const Eigen::RowVectorXd>(row.data(), n);
  }
  const Eigen::VectorXd values = Eigen::Map<const Eigen::VectorXd>(in_bands.data(), size());
  const Eigen::VectorXd found = functions.completeOrthogonalDecomposition().solve(values);
  return {found.begin(), found.end()};
}

double PixelMap::scale() const {
  return std::sqrt(std::abs(xx * yy - xy * yx));
}

double PixelMap::angle(double theta) const {
  const double c = std::cos(theta);
  const double s = std::sin(theta);
  // The nearest similarity, so that the angle is the same distance from theta wherever it points.
  const double sign = is_mirrored() ? -1.0 : 1.0;
  const double cosine = xx + sign * yy;
  const double sine = yx - sign * xy;
  return std::atan2(sine * c + sign * cosine * s, cosine * c - sign * sine * s);
}

double PixelMap::distortion() const {
  const double sign = is_mirrored() ? -1.0 : 1.0;
  return std::hypot(xx - sign * yy, yx + sign * xy) / (2.0 * scale());
}

Wavelengths wavelengths_of(std::span<const BandFrame> bands) {
  std::vector<double> values;
  for (const BandFrame& band : bands) values.push_back(band.wavelength);
  return Wavelengths(std::move(values));
}

}  // namespace gaxel
