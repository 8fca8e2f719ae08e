#include "math/sersic_b.hpp"

#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>

#include "math/incomplete_gamma.hpp"

namespace gaxel {

SersicB sersic_b(double n) {
  if (!(n >= 0.1 && n <= 20.0)) {
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    return {kNan, kNan};
  }
  const double a = 2.0 * n;
  const double b = boost::math::gamma_p_inv(a, 0.5);
  // P(a, x) = x^a e^-x S(a, x) / Gamma(a): implicit differentiation of P(2n, b(n)) = 1/2, with
  // dP/dx = x^(a-1) e^-x / Gamma(a) and dP/da = P (ln x - psi(a) + S_a / S); x^a / Gamma(a) cancels.
  const ScaledGammaSeries series = scaled_gamma_series(a, b);
  const double dlog_p_da = std::log(b) - boost::math::digamma(a) + series.d_da / series.sum;
  return {b, -2.0 * dlog_p_da * series.sum * b * std::exp(b)};
}

}  // namespace gaxel
