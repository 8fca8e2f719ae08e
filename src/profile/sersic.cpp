#include "profile/sersic.hpp"

#include <algorithm>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include "gaxel/error.hpp"
#include "math/sersic_b.hpp"
#include "profile/sersic_bounds.hpp"
#include "profile/sersic_enclosed.hpp"
#include "profile/sersic_kernel.hpp"

namespace gaxel {

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
  sersic_enclosed(constants_, s, n, mean, d_shape);
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
