#include "psf/phases.hpp"

#include <cmath>
#include <numbers>

namespace gaxel {

std::complex<double> phase(std::int64_t j, int n, double x) {
  // Whole pixels turn by whole n-ths of a turn, which integers count exactly.
  const double whole = std::nearbyint(x);
  const std::int64_t steps = j * static_cast<std::int64_t>(whole) % n;
  const double turns = (static_cast<double>(steps) + static_cast<double>(j) * (x - whole)) / n;
  const double angle = -2.0 * std::numbers::pi * (turns - std::nearbyint(turns));
  return {std::cos(angle), std::sin(angle)};
}

Phases phases(std::size_t count, int n, double x) {
  Phases result{std::vector<double>(count), std::vector<double>(count)};
  for (std::size_t j = 0; j < count; ++j) {
    const std::complex<double> value = phase(static_cast<std::int64_t>(j), n, x);
    result.re[j] = value.real();
    result.im[j] = value.imag();
  }
  return result;
}

}  // namespace gaxel
