// Dual numbers, for derivatives that are exact: a value and its partial derivatives, carried through ordinary
// arithmetic (Griewank & Walther 2008, Evaluating Derivatives, ch. 3). Ceres' Jet, which needs no more than
// its header.
#pragma once

#include <ceres/jet.h>

#include <boost/math/special_functions/bessel.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <cmath>

#include "math/sersic_b.hpp"

namespace gaxel {

template <int N>
using Dual = ceres::Jet<double, N>;

/// The value of a number that may be dual.
inline double value_of(double x) {
  return x;
}
template <int N>
double value_of(const Dual<N>& x) {
  return x.a;
}

/// f(x) as a dual number, from f and df/dx at the value of x.
template <int N>
Dual<N> chained(const Dual<N>& x, double f, double df_dx) {
  return Dual<N>(f, (df_dx * x.v).eval());
}

/// ln Gamma(x), x > 0.
inline double log_gamma(double x) {
  return std::lgamma(x);
}
template <int N>
Dual<N> log_gamma(const Dual<N>& x) {
  return chained(x, std::lgamma(x.a), boost::math::digamma(x.a));
}

/// x K1(x), x >= 0, K1 the modified Bessel function; 1 at x = 0. Derivative -x K0(x) (DLMF 10.29.4).
inline double x_bessel_k1(double x) {
  constexpr double kSmall = 1e-150;  // K1 overflows below; x K1 = 1 there to the last digit
  constexpr double kLarge = 740.0;   // and underflows beyond
  return x < kSmall ? 1.0 : x > kLarge ? 0.0 : x * boost::math::cyl_bessel_k(1, x);
}
template <int N>
Dual<N> x_bessel_k1(const Dual<N>& x) {
  constexpr double kSmall = 1e-150;
  constexpr double kLarge = 740.0;
  const double slope = x.a < kSmall || x.a > kLarge ? 0.0 : -x.a * boost::math::cyl_bessel_k(0, x.a);
  return chained(x, x_bessel_k1(x.a), slope);
}

/// b_n of the Sersic profile, for 0.1 <= n <= 20.
inline double sersic_b_of(double n) {
  return sersic_b(n).b;
}
template <int N>
Dual<N> sersic_b_of(const Dual<N>& n) {
  const SersicB b = sersic_b(n.a);
  return chained(n, b.b, b.db_dn);
}

}  // namespace gaxel
