#include "profile/flux_radius.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

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

double flux_radius(const SurfaceLaw& law, double share) {
  constexpr int kRings = 300;
  constexpr int kAngles = 16;
  constexpr double kLeast = 1e-4;
  constexpr double kLargest = 20.0;
  const double ratio = std::pow(kLargest / kLeast, 1.0 / kRings);
  std::vector<double> inside;
  double sum = 0.0;
  for (int k = 0; k < kRings; ++k) {
    const double r = kLeast * std::pow(ratio, k + 0.5);
    std::array<double, kAngles> u{};
    std::array<double, kAngles> v{};
    std::array<double, kAngles> light{};
    for (std::size_t a = 0; a < kAngles; ++a) {
      const double angle = 0.5 * std::numbers::pi * (static_cast<double>(a) + 0.5) / kAngles;
      u[a] = law.is_radial() ? r : r * std::cos(angle);
      v[a] = r * std::sin(angle);
    }
    law.intensity(u.data(), v.data(), kAngles, light.data());
    sum += r * r * std::accumulate(light.begin(), light.end(), 0.0);
    inside.push_back(sum);
  }
  const auto found = std::ranges::lower_bound(inside, share * sum);
  return kLeast * std::pow(ratio, static_cast<double>(found - inside.begin()) + 1.0);
}

}  // namespace gaxel
