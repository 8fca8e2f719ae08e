#include "psf/elliptical_psf.hpp"

#include <algorithm>
#include <boost/math/special_functions/bessel.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/stop_scopes.hpp"
#include "psf/log_table.hpp"
#include "psf/sinc.hpp"

namespace gaxel {
namespace {

constexpr std::size_t kBetweenStops = 1 << 12;  // frequencies

constexpr double kMostReach = 2048.0;  // data pixels

// Where a function that falls from above `level` crosses it, between 0 and `end`; `end` if it does not.
template <class Function>
double crossing(Function&& function, double level, double end) {
  if (function(end) >= level) return end;
  if (function(0.0) <= level) return 0.0;
  std::uintmax_t n_iterations = 200;
  const auto bracket =
      boost::math::tools::toms748_solve([&](double x) { return function(x) - level; }, 0.0, end,
                                        boost::math::tools::eps_tolerance<double>(30), n_iterations);
  return bracket.second;
}

}  // namespace

void EllipticalPsf::add_transfer(std::span<const double> kx, std::span<const double> ky,
                                 double /*edge_at_pi*/, double scale, ComplexTable& out) const {
  const double c = std::cos(shape_.theta);
  const double s = std::sin(shape_.theta);
  const auto squared_frequency = [&](double x, double y) {
    const double along = x * c + y * s;
    const double across = shape_.q * (y * c - x * s);
    return along * along + across * across;
  };
  Range range{std::numeric_limits<double>::infinity(), 0.0};
  std::vector<double> values;
  values.reserve(ky.size() * kx.size());
  for (const double y : ky) {
    stop_if_wanted();
    for (const double x : kx) {
      const double squared = squared_frequency(x, y);
      if (squared > 0.0) range.least = std::min(range.least, squared);
      range.most = std::max(range.most, squared);
      values.push_back(squared);
    }
  }
  range = {std::sqrt(std::min(range.least, range.most)), std::sqrt(range.most)};
  // Where the axes are those of the image the rows for -ky are those for ky.
  const std::size_t first = shape_.q == 1.0 || s == 0.0 ? ky.size() / 2 : 0;
  transform(std::span(values).subspan(first * kx.size()), range);
  std::vector<double> pixel(kx.size());
  for (std::size_t i = 0; i < kx.size(); ++i) pixel[i] = scale * sinc(0.5 * kx[i]);
  for (std::size_t j = 0; j < ky.size(); ++j) {
    stop_if_wanted();
    const double* row = values.data() + (j < first ? ky.size() - 1 - j : j) * kx.size();
    const double pixel_y = sinc(0.5 * ky[j]);
    double* to = out.row(j).re;
    for (std::size_t i = 0; i < kx.size(); ++i) to[i] += pixel_y * pixel[i] * row[i];
  }
}

double EllipticalPsf::band(double negligible) const {
  return highest_frequency(negligible) / shape_.q;
}

Support EllipticalPsf::support(double negligible) const {
  const double radius = crossing([&](double r) { return value(r); }, negligible, kMostReach);
  // The box around the ellipse; a pixel's corner may be nearer than its centre.
  constexpr double kCorner = 1.0;
  const double c = radius * std::cos(shape_.theta);
  const double s = radius * std::sin(shape_.theta);
  const double x = std::hypot(c, shape_.q * s) + kCorner;
  const double y = std::hypot(s, shape_.q * c) + kCorner;
  return {{.left = x, .right = x, .down = y, .up = y}, value(radius)};
}

GaussianPsf::GaussianPsf(const PsfShape& shape)
    : EllipticalPsf(shape), sigma_(shape.fwhm / std::sqrt(8.0 * std::numbers::ln2)) {}

void GaussianPsf::transform(std::span<double> squared_frequencies, const Range& /*range*/) const {
  for (std::size_t i = 0; i < squared_frequencies.size(); ++i) {
    if (i % kBetweenStops == 0) stop_if_wanted();
    double& k = squared_frequencies[i];
    k = std::exp(-0.5 * sigma_ * sigma_ * k);
  }
}

double GaussianPsf::highest_frequency(double negligible) const {
  return std::sqrt(-2.0 * std::log(negligible)) / sigma_;
}

double GaussianPsf::value(double radius) const {
  const double x = radius / sigma_;
  return std::exp(-0.5 * x * x) / (2.0 * std::numbers::pi * sigma_ * sigma_ * shape().q);
}

MoffatPsf::MoffatPsf(const PsfShape& shape, double beta)
    : EllipticalPsf(shape),
      beta_(beta),
      scale_(0.5 * shape.fwhm / std::sqrt(std::expm1(std::numbers::ln2 / beta))) {}

double MoffatPsf::transfer(double argument) const {
  // Where K_nu would be too large the function is 1 to rounding.
  constexpr double kTiny = 1e-12;
  if (argument <= kTiny) return 1.0;
  const double nu = beta_ - 1.0;
  return 2.0 * std::pow(0.5 * argument, nu) * boost::math::cyl_bessel_k(nu, argument) /
         boost::math::tgamma(nu);
}

void MoffatPsf::transform(std::span<double> squared_frequencies, const Range& range) const {
  if (range.most <= 0.0) {
    std::ranges::fill(squared_frequencies, 1.0);
    return;
  }
  const LogTable table([&](double x) { return transfer(x); }, scale_ * range.least, scale_ * range.most);
  for (std::size_t i = 0; i < squared_frequencies.size(); ++i) {
    if (i % kBetweenStops == 0) stop_if_wanted();
    double& k = squared_frequencies[i];
    k = k > 0.0 ? table.at(scale_ * std::sqrt(k)) : 1.0;
  }
}

double MoffatPsf::highest_frequency(double negligible) const {
  // Beyond the asymptotic form, sqrt(pi / 2 x) exp(-x), the power of x counts too.
  const double end = 60.0 + 4.0 * beta_ * beta_;
  return crossing([&](double x) { return transfer(x); }, negligible, std::min(end, 600.0)) / scale_;
}

double MoffatPsf::value(double radius) const {
  const double x = radius / scale_;
  return (beta_ - 1.0) / (std::numbers::pi * scale_ * scale_ * shape().q) * std::pow(1.0 + x * x, -beta_);
}

}  // namespace gaxel
