#include "fit/noise_tolerance.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gaxel {

FitTolerances fit_tolerances(const Observation& observation, const FitOptions& options) {
  if (options.noise_share == 0.0) return {options.tolerance, options.tolerance};
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  double least_sigma = kInfinity;
  double least_ratio = kInfinity;  // of sigma to the pixel
  double light = 0.0;
  for (std::size_t i = 0; i < observation.used.size(); ++i) {
    if (observation.used[i] == 0) continue;
    const double sigma = observation.sigma.data()[i];
    const double pixel = std::abs(observation.data.data()[i]);
    least_sigma = std::min(least_sigma, sigma);
    if (pixel > 0.0) least_ratio = std::min(least_ratio, sigma / pixel);
    light += pixel;
  }
  // A quarter each to what is relative to a pixel and to the flux, half to the floor.
  Tolerance final = options.tolerance;
  final.rtol = std::min(final.rtol, 0.25 * options.noise_share * least_ratio);
  if (light > 0.0) final.atol = std::min(final.atol, 0.25 * options.noise_share * least_sigma / light);
  // Data in units so small or so large that this leaves the range of doubles say nothing of the noise.
  final.rtol = std::max(final.rtol, std::numeric_limits<double>::epsilon());
  Tolerance search = final;
  // Without any pixel nothing limits it.
  search.floor = std::isinf(least_sigma) ? 1.0 : 0.5 * options.noise_share * least_sigma;
  return {search, final};
}

}  // namespace gaxel
