#include <cmath>
#include <numbers>

#include "base/check_range.hpp"
#include "gaxel/quadrature.hpp"

namespace gaxel {
namespace {

constexpr long double kPi = std::numbers::pi_v<long double>;

/// The weight of -1 and 1.
long double end_weight(int n) {
  return 1.0L / static_cast<long double>(n * n - 1 + n % 2);
}

/// The vector v + g of Waldvogel (2006), eqs. 3.9 to 3.13, whose inverse discrete Fourier transform are the
/// weights; elements 0..n/2, the others mirror them.
std::vector<long double> weights_spectrum(int n) {
  const int half = n / 2;
  const long double end = end_weight(n);
  std::vector<long double> spectrum;
  for (int k = 0; k < half; ++k) spectrum.push_back(2.0L / static_cast<long double>(1 - 4 * k * k) - end);
  spectrum.push_back(static_cast<long double>(n - 3) / static_cast<long double>(2 * half - 1) - 1.0L +
                     end * static_cast<long double>((2 - n % 2) * n - 1));
  return spectrum;
}

/// cos(2 pi m / n) for m = 0..n-1, the arguments folded to 0..pi where cosines are accurate.
std::vector<long double> cosines(int n) {
  std::vector<long double> values;
  for (int m = 0; m < n; ++m) {
    const int folded = m < n - m ? m : n - m;
    values.push_back(std::cos(2.0L * kPi * static_cast<long double>(folded) / static_cast<long double>(n)));
  }
  return values;
}

}  // namespace

QuadratureRule clenshaw_curtis(int order) {
  check_range("clenshaw_curtis", "order", order, 1, kMaxQuadratureOrder);
  if (order == 1) return midpoint(1);
  const int n = order - 1;
  const std::vector<long double> spectrum = weights_spectrum(n);
  const std::vector<long double> cosine = cosines(n);
  const auto size = static_cast<std::size_t>(order);
  QuadratureRule rule{std::vector<double>(size), std::vector<double>(size)};
  for (int k = 0; k <= n / 2; ++k) {
    // The transform of a real, even vector is a sum of cosines; n^2 of them are nothing at these orders, and
    // need no care for lengths.
    long double sum = 0.0L;
    for (int m = 0; m < n; ++m) {
      sum += spectrum[static_cast<std::size_t>(m < n - m ? m : n - m)] *
             cosine[static_cast<std::size_t>(m * k % n)];
    }
    // cos(k pi / n) as a sine, which is accurate near 0 too.
    const long double node =
        std::sin(kPi * static_cast<long double>(n - 2 * k) / static_cast<long double>(2 * n));
    const auto low = static_cast<std::size_t>(k);
    const std::size_t high = size - 1 - low;
    rule.nodes[low] = static_cast<double>(-node);
    rule.nodes[high] = static_cast<double>(node);
    rule.weights[low] = rule.weights[high] = static_cast<double>(sum / static_cast<long double>(n));
  }
  // The smallest weights are known without the sum, which cancels most there.
  rule.weights.front() = rule.weights.back() = static_cast<double>(end_weight(n));
  return rule;
}

}  // namespace gaxel
