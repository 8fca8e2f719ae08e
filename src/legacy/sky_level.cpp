#include "legacy/sky_level.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "gaxel/error.hpp"

namespace gaxel::legacy {

SkyLevel sky_level(ConstImageView pixels) {
  std::vector<double> values;
  for (const double value : pixels.pixels()) {
    if (std::isfinite(value)) values.push_back(value);
  }
  if (values.empty())
    throw InputError({"", "", "", "no pixel is a finite number", "an image with data in it"});
  std::ranges::sort(values);
  const std::size_t n = values.size();
  const std::size_t cut = n / 5;
  SkyLevel sky;
  sky.level = 0.5 * (values[(n - 1) / 2] + values[n / 2]);
  double mean = 0.0;
  double square = 0.0;
  for (std::size_t i = cut; i < n - cut; ++i) mean += values[i];
  mean /= static_cast<double>(n - 2 * cut);
  for (std::size_t i = cut; i < n - cut; ++i) square += (values[i] - mean) * (values[i] - mean);
  // sqrt(1 - 2 z phi(z) / 0.6) with z = 0.8416 the 80 percent point of the normal distribution.
  constexpr double kCutGaussian = 0.4632425685424369;
  sky.rms = std::sqrt(square / static_cast<double>(n - 2 * cut)) / kCutGaussian;
  return sky;
}

}  // namespace gaxel::legacy
