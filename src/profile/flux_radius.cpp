#include "profile/flux_radius.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace gaxel {

double flux_radius(const RadialLaw& law, double share) {
  double low = -300.0;  // of ln s
  double high = std::min(300.0, std::log(law.edge()));
  while (high - low > 1e-13 * std::max(1.0, std::abs(high))) {
    const double middle = 0.5 * (low + high);
    const double s = std::exp(middle);
    double mean = 0.0;
    law.enclosed(&s, 1, &mean, nullptr);
    (2.0 * std::numbers::pi * s * mean < share ? low : high) = middle;
  }
  return std::exp(0.25 * (low + high));
}

}  // namespace gaxel
