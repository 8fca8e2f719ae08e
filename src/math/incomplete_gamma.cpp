#include "math/incomplete_gamma.hpp"

#include <cmath>

namespace gaxel {

double gamma_series_limit(double a) {
  return a + 8.0 * std::sqrt(a) + 50.0;
}

ScaledGammaSeries scaled_gamma_series(double a, double x) {
  constexpr double kNegligible = 1e-18;
  double term = 1.0 / a;
  double harmonic = 1.0 / a;
  double squares = harmonic * harmonic;  // sum of 1 / (a + j)^2
  double sum = term;
  double derivative = term * harmonic;
  double second = term * (harmonic * harmonic + squares);
  for (int k = 1;; ++k) {
    const double denominator = a + k;
    const double ratio = x / denominator;
    term *= ratio;
    harmonic += 1.0 / denominator;
    squares += 1.0 / (denominator * denominator);
    sum += term;
    derivative += term * harmonic;
    second += term * (harmonic * harmonic + squares);
    if (ratio < 0.5 && term * harmonic <= kNegligible * derivative) {
      break;
    }
    if (term == 0.0) {
      break;
    }
  }
  const double scale = std::exp(-x);
  return {scale * sum, -scale * derivative, scale * second};
}

}  // namespace gaxel
