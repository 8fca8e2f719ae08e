#include "legacy/galfit_frame.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

namespace gaxel::legacy {

namespace {

constexpr double kDegreesPerRadian = 180.0 / std::numbers::pi;

}  // namespace

double GalfitFrame::counts_per_pixel(double mu) const {
  return pixel_area * exptime * std::pow(10.0, -0.4 * (mu - zeropoint));
}

double GalfitFrame::surface_brightness(double counts) const {
  if (!(counts > 0.0)) return std::numeric_limits<double>::quiet_NaN();
  return zeropoint - 2.5 * std::log10(counts / (pixel_area * exptime));
}

double to_scene(Conversion conversion, double factor, double value, const GalfitFrame& frame) {
  switch (conversion) {
    case Conversion::kBrightness:
      return factor * frame.counts_per_pixel(value);
    case Conversion::kDegrees:
      return factor * value / kDegreesPerRadian;
    case Conversion::kFactor:
    case Conversion::kMagnitude:
      break;
  }
  return factor * value;
}

double to_galfit(Conversion conversion, double factor, double value, const GalfitFrame& frame) {
  const double plain = value / factor;
  switch (conversion) {
    case Conversion::kBrightness:
      return frame.surface_brightness(plain);
    case Conversion::kDegrees:
      return plain * kDegreesPerRadian;
    case Conversion::kFactor:
    case Conversion::kMagnitude:
      break;
  }
  return plain;
}

double value_in_band(const GalfitDocument& document, const GalfitRow& row, std::size_t value,
                     std::size_t band) {
  const std::vector<double>& list = row.values[value].values;
  if (row.form == ListForm::kBands || document.n_bands == 1) return list[list.size() == 1 ? 0 : band];
  const auto [least, most] = std::ranges::minmax(document.wavelengths);
  const double x = 2.0 * (document.wavelengths[band] - least) / (most - least) - 1.0;
  // T_(i+1) = 2 x T_i - T_(i-1), T_0 = 1, T_(-1) = x.
  double before = x;
  double polynomial = 1.0;
  double sum = 0.0;
  for (const double coefficient : list) {
    sum += coefficient * polynomial;
    before = std::exchange(polynomial, 2.0 * x * polynomial - before);
  }
  return sum;
}

}  // namespace gaxel::legacy
