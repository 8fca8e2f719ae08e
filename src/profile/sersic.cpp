#include "profile/sersic.hpp"

#include <algorithm>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include "gaxel/error.hpp"
#include "math/incomplete_gamma.hpp"
#include "math/sersic_b.hpp"
#include "profile/sersic_bounds.hpp"
#include "profile/sersic_enclosed.hpp"
#include "profile/sersic_kernel.hpp"

namespace gaxel {
namespace {

// d2b/dn2, from P(2n, b(n)) = 1/2 differentiated twice. With P' = x^(a-1) e^-x / Gamma(a) and S as in
// sersic_b.cpp: P = P' x S, P'_x / P' = (a - 1) / x - 1, P'_a / P' = ln x - psi(a).
double second_derivative_of_b(double n, const SersicB& b) {
  const double a = 2.0 * n;
  const ScaledGammaSeries series = scaled_gamma_series(a, b.b);
  const double log_slope = std::log(b.b) - boost::math::digamma(a);
  const double by_a = log_slope + series.d_da / series.sum;  // P_a / P
  const double by_series = series.d_da / series.sum;
  const double by_aa =
      by_a * by_a - boost::math::trigamma(a) + series.d2_da2 / series.sum - by_series * by_series;
  const double per_slope = b.b * std::exp(b.b) * series.sum;  // P / P'
  return -(4.0 * by_aa * per_slope + 4.0 * log_slope * b.db_dn + ((a - 1.0) / b.b - 1.0) * b.db_dn * b.db_dn);
}

}  // namespace

SersicConstants sersic_constants(double n) {
  const SersicB b = sersic_b(n);
  if (std::isnan(b.b)) {
    throw InputError({"sersic", "n", std::to_string(n), "Sersic index outside its range", "0.1 to 20"});
  }
  SersicConstants c{};
  c.n = n;
  c.exponent = 0.5 / n;
  c.b = b.b;
  c.log_b = std::log(b.b);
  // ln I0 reaches 36: in extended precision, so that I0 is right to the last place.
  const long double nl = n;
  const long double log_i0 = 2.0L * nl * std::log(static_cast<long double>(b.b)) -
                             std::log(2.0L * std::numbers::pi_v<long double> * nl) -
                             boost::math::lgamma(2.0L * nl);
  c.i0 = static_cast<double>(std::exp(log_i0));
  c.log_i0 = static_cast<double>(log_i0);
  const long double rate = c.b / std::numbers::ln2_v<long double>;
  c.rate = static_cast<double>(rate);
  c.log2_rate = static_cast<double>(std::log2(rate));
  c.dlog_b_dn = b.db_dn / b.b;
  c.dlog_i0_dn = 2.0 * c.log_b + 2.0 * n * c.dlog_b_dn - 1.0 / n - 2.0 * boost::math::digamma(2.0 * n);
  c.d2log_b_dn2 = second_derivative_of_b(n, b) / b.b - c.dlog_b_dn * c.dlog_b_dn;
  c.d2log_i0_dn2 =
      4.0 * c.dlog_b_dn + 2.0 * n * c.d2log_b_dn2 + 1.0 / (n * n) - 4.0 * boost::math::trigamma(2.0 * n);
  return c;
}

SersicLaw::SersicLaw(double n) : constants_(sersic_constants(n)) {}

void SersicLaw::evaluate(const double* s, std::size_t n, double* g) const {
  sersic_values(constants_, s, n, g);
}

void SersicLaw::evaluate_with_partials(const double* s, std::size_t n, double* g, double* g_s,
                                       double* g_shape) const {
  sersic_partials(constants_, s, n, g, g_s, g_shape);
}

void SersicLaw::evaluate_with_rates(const double* s, const double* s_rates, std::size_t n,
                                    const double* shape_rates, const LawPartials& values,
                                    const LawPartials& rates) const {
  sersic_rates(constants_, s, s_rates, n, shape_rates[0], values, rates);
}

double SersicLaw::exponent_at(double s) const {
  return constants_.b * std::pow(s, constants_.exponent);
}

void SersicLaw::log_values(const double* s, std::size_t n, double* log_g) const {
  sersic_log_values(constants_, s, n, log_g);
}

void SersicLaw::log_bounds(const ComplexReach& reach, float* bounds) const {
  sersic_log_bounds(constants_, reach, bounds);
}

void SersicLaw::enclosed(const double* s, std::size_t n, double* mean, double* d_shape) const {
  sersic_enclosed(constants_, s, n, mean, d_shape, nullptr);
}

void SersicLaw::enclosed_with_rates(const double* s, std::size_t n, const double* shape_rates, double* mean,
                                    double* d_shapes, double* d_shapes_rates) const {
  sersic_enclosed(constants_, s, n, mean, d_shapes, d_shapes_rates);
  for (std::size_t i = 0; i < n; ++i) d_shapes_rates[i] *= shape_rates[0];
}

double SersicLaw::enclosed_rounding() const {
  // Measured: the series' many products, and the relative errors of x = b s^p and b, which come back up to 2n
  // times as large.
  return std::numeric_limits<double>::epsilon() * (18.0 + 3.0 * constants_.n);
}

double SersicLaw::value(double s) const {
  return constants_.i0 * std::exp(-exponent_at(s));
}

double SersicLaw::rounding(double g, double s_rounding) const {
  constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
  const double w =
      std::max(constants_.log_i0 - std::log(std::max(g, std::numeric_limits<double>::min())), 1e-12);
  const double of_law = kEpsilon * (8.0 + std::abs(constants_.log_i0) +
                                    w * (4.0 + 6.0 * std::abs(std::log(w) - constants_.log_b)));
  return of_law + constants_.exponent * w * s_rounding;
}

RadialLaw::CuspSampling SersicLaw::cusp_sampling() const {
  // r^(1/n) turns by |arg r| / n in the complex plane: the panels of steep laws are short.
  const double ratio = 1.0 + std::min(1.0, 1.5 * constants_.n);
  return {ratio, std::pow(10.0, -8.0 - 3.0 * constants_.n)};
}

}  // namespace gaxel
