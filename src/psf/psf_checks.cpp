#include "psf/psf_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace gaxel {
namespace {

constexpr double kMaxOffset = 0.5;          // data pixels
constexpr double kMaxPedestalFlux = 0.02;   // of the PSF's flux
constexpr double kMaxPedestalLevel = 1e-3;  // of the peak
constexpr double kMaxNyquist = 0.1;         // of the PSF's amplitude
constexpr double kMaxNegative = 0.01;       // of the PSF's flux
constexpr int kCentroidSteps = 20;

double clipped(double value, double pedestal) {
  return std::max(value - pedestal, 0.0);
}

// Radius of the circle that is as large as the area above half the maximum.
double half_width(ConstImageView kernel, double half_maximum, double pedestal) {
  const auto pixels = kernel.pixels();
  const auto n = std::count_if(pixels.begin(), pixels.end(),
                               [&](double value) { return clipped(value, pedestal) >= half_maximum; });
  return std::sqrt(static_cast<double>(n) / std::numbers::pi);
}

// The transform at the Nyquist frequency is the sum of pixels with alternating signs.
std::string undersampling(ConstImageView kernel) {
  double along_x = 0.0;
  double along_y = 0.0;
  std::size_t n_lit = 0;
  for (int row = 0; row < kernel.ny(); ++row) {
    for (int col = 0; col < kernel.nx(); ++col) {
      along_x += col % 2 == 0 ? kernel(row, col) : -kernel(row, col);
      along_y += row % 2 == 0 ? kernel(row, col) : -kernel(row, col);
      n_lit += kernel(row, col) != 0.0 ? 1 : 0;
    }
  }
  const double left = std::max(std::abs(along_x), std::abs(along_y));
  if (n_lit < 2 || left <= kMaxNyquist) return "";
  return fmt::format(
      "the PSF is undersampled: {:.0f} percent of its amplitude are left at the Nyquist frequency of its "
      "pixels, so "
      "that light between them is not known and images ring; use a PSF with more pixels per data pixel",
      100.0 * left);
}

std::string negative_light(ConstImageView kernel) {
  double negative = 0.0;
  for (const double value : kernel.pixels()) negative += std::max(-value, 0.0);
  if (negative <= kMaxNegative) return "";
  return fmt::format("negative pixels hold {:.1f} percent of the PSF's flux; subtract the right background",
                     100.0 * negative);
}

}  // namespace

double border_median(ConstImageView kernel) {
  std::vector<double> border;
  for (int row = 0; row < kernel.ny(); ++row) {
    for (int col = 0; col < kernel.nx(); ++col) {
      if (row == 0 || row == kernel.ny() - 1 || col == 0 || col == kernel.nx() - 1) {
        border.push_back(kernel(row, col));
      }
    }
  }
  const auto middle = border.begin() + static_cast<std::ptrdiff_t>(border.size() / 2);
  std::nth_element(border.begin(), middle, border.end());
  return *middle;
}

Centroid peak_centroid(ConstImageView kernel) {
  const auto pixels = kernel.pixels();
  const auto peak = std::max_element(pixels.begin(), pixels.end());
  const auto position = static_cast<int>(peak - pixels.begin());
  Centroid centroid{static_cast<double>(position % kernel.nx()), static_cast<double>(position / kernel.nx())};
  const double pedestal = std::min(border_median(kernel), 0.5 * *peak);
  const double radius = std::max(2.0, 3.0 * half_width(kernel, 0.5 * clipped(*peak, pedestal), pedestal));
  for (int step = 0; step < kCentroidSteps; ++step) {
    double sum = 0.0;
    double sum_x = 0.0;
    double sum_y = 0.0;
    for (int row = 0; row < kernel.ny(); ++row) {
      for (int col = 0; col < kernel.nx(); ++col) {
        if (std::hypot(col - centroid.x, row - centroid.y) > radius) continue;
        const double light = clipped(kernel(row, col), pedestal);
        sum += light;
        sum_x += light * col;
        sum_y += light * row;
      }
    }
    if (!(sum > 0.0)) return centroid;
    const Centroid next{sum_x / sum, sum_y / sum};
    const bool settled = std::hypot(next.x - centroid.x, next.y - centroid.y) < 1e-3;
    centroid = next;
    if (settled) break;
  }
  return centroid;
}

std::vector<std::string> suspicious_features(ConstImageView kernel, double oversample, double x_center,
                                             double y_center) {
  std::vector<std::string> warnings;
  const Centroid light = peak_centroid(kernel);
  const double offset = std::hypot(light.x - x_center, light.y - y_center) / oversample;
  if (offset > kMaxOffset) {
    warnings.push_back(fmt::format(
        "the PSF's light is centred on its pixel ({:.2f}, {:.2f}), {:.2f} data pixels from its stated "
        "centre ({:.6g}, {:.6g}) (x, y from 0): positions will be off by as much; state the centre or "
        "recentre the PSF",
        light.x, light.y, offset, x_center, y_center));
  }
  if (kernel.ny() >= 3 && kernel.nx() >= 3) {
    const double border = border_median(kernel);
    const auto pixels = kernel.pixels();
    const double level = std::abs(border) / *std::max_element(pixels.begin(), pixels.end());
    const double flux = std::abs(border) * static_cast<double>(kernel.size());
    if (level > kMaxPedestalLevel && flux > kMaxPedestalFlux) {
      warnings.push_back(fmt::format(
          "the PSF does not fall to zero: the median of its border is {:.2g} of its peak, and a constant of "
          "that height would hold {:.1f} percent of its flux, wings that went on from there with r^-3 "
          "another {:.1f} "
          "percent outside; subtract its background, or use a larger PSF",
          std::copysign(level, border), 100.0 * flux, 100.0 * 0.5 * std::numbers::pi * flux));
    }
  }
  if (const std::string warning = undersampling(kernel); !warning.empty()) warnings.push_back(warning);
  // A pedestal that is negative has been told of.
  const bool told = !warnings.empty() && border_median(kernel) < 0.0;
  if (const std::string warning = negative_light(kernel); !told && !warning.empty()) {
    warnings.push_back(warning);
  }
  return warnings;
}

}  // namespace gaxel
