#include "io/pixel_summary.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace gaxel::io {
namespace {

// The middle value, or the mean of the two middle ones. Reorders `values`, which are not empty.
double median_of(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return 0.5 * (*middle + *std::max_element(values.begin(), middle));
}

}  // namespace

PixelSummary summarise(ConstImageView image) {
  PixelSummary summary;
  std::vector<double> values;
  values.reserve(image.size());
  for (int row = 0; row < image.ny(); ++row) {
    for (int col = 0; col < image.nx(); ++col) {
      const double value = image(row, col);
      if (!std::isfinite(value)) continue;
      if (values.empty() || value > summary.max) {
        summary.max = value;
        summary.peak_row = row;
        summary.peak_col = col;
      }
      summary.min = values.empty() ? value : std::min(summary.min, value);
      summary.n_negative += value < 0.0;
      summary.n_zero += value == 0.0;
      summary.sum += value;
      values.push_back(value);
    }
  }
  summary.n_finite = static_cast<std::int64_t>(values.size());
  summary.n_nan = static_cast<std::int64_t>(image.size()) - summary.n_finite;
  if (values.empty()) return summary;
  summary.median = median_of(values);
  for (double& value : values) value = std::abs(value - summary.median);
  constexpr double kSigmaPerMad = 1.482602218505602;
  summary.noise = kSigmaPerMad * median_of(values);
  return summary;
}

}  // namespace gaxel::io
