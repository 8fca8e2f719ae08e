#include "profile/ferrers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <cmath>
#include <limits>
#include <numbers>

#include "gaxel/error.hpp"
#include "profile/ferrers_kernel.hpp"

namespace gaxel {
namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

// H(x; c, d) = integral of w^(c-1) (1 - x w)^(d-1) from 0 to 1, and its derivatives: the incomplete beta
// function over x^c.
struct IncompleteBeta {
  double value;
  double d_c;
  double d_d;
};

// H = (1 - x)^d / c sum_k (c + d)_k / (c + 1)_k x^k (DLMF 8.17.8), all terms positive; 1 - x is given, too.
IncompleteBeta incomplete_beta(double x, double one_less_x, double c, double d) {
  const double log_rest = x < 0.1 ? std::log1p(-x) : std::log(one_less_x);
  double term = std::exp(d * log_rest) / c;
  double of_c = 0.0;  // d ln term / dc, /dd, but for what all terms share
  double of_d = 0.0;
  IncompleteBeta h{0.0, 0.0, 0.0};
  for (int k = 0;; ++k) {
    h.value += term;
    h.d_c += term * of_c;
    h.d_d += term * of_d;
    const double up = c + d + k;
    const double down = c + 1.0 + k;
    // The terms fall once up x < down; the logarithmic factors are small against 1e3.
    if (up * x < down && term < 1e-20 * h.value) break;
    of_d += 1.0 / up;
    of_c += 1.0 / up - 1.0 / down;
    term *= x * up / down;
  }
  h.d_c -= h.value / c;
  h.d_d += h.value * log_rest;
  return h;
}

FerrersConstants ferrers_constants(double alpha, double beta) {
  if (!(alpha >= 0.1 && alpha <= 10.0)) {
    throw InputError({"ferrers", "alpha", fmt::format("{}", alpha), "outside its range", "0.1 to 10"});
  }
  if (!(beta >= -8.0 && beta <= 1.9)) {
    throw InputError({"ferrers", "beta", fmt::format("{}", beta), "outside its range", "-8 to 1.9"});
  }
  FerrersConstants k{};
  k.alpha = alpha;
  k.p = 2.0 - beta;
  k.a = 2.0 / k.p;
  const double b = alpha + 1.0;
  k.beta_function = static_cast<double>(boost::math::beta<long double>(k.a, b));
  k.k = k.p / (2.0 * std::numbers::pi * k.beta_function);
  k.log_k = std::log(k.k);
  k.dlog_beta_da = boost::math::digamma(k.a) - boost::math::digamma(k.a + b);
  k.dlog_beta_dalpha = boost::math::digamma(b) - boost::math::digamma(k.a + b);
  k.dlog_k_dp = 1.0 / k.p + k.dlog_beta_da * k.a / k.p;  // da/dp = -a / p
  return k;
}

}  // namespace

FerrersLaw::FerrersLaw(double alpha, double beta) : constants_(ferrers_constants(alpha, beta)) {}

void FerrersLaw::evaluate(const double* s, std::size_t n, double* g) const {
  ferrers_values(constants_, s, n, g);
}

void FerrersLaw::evaluate_with_partials(const double* s, std::size_t n, double* g, double* g_s,
                                        double* g_shapes) const {
  ferrers_partials(constants_, s, n, g, g_s, g_shapes, g_shapes + n);
}

void FerrersLaw::log_values(const double* s, std::size_t n, double* log_g) const {
  ferrers_log_values(constants_, s, n, log_g);
}

void FerrersLaw::log_bounds(const ComplexReach& reach, float* bounds) const {
  ferrers_log_bounds(constants_, reach, bounds);
}

// F is the regularised incomplete beta function I_t(a, b) with t = s^(p/2), s = t^a: near the centre F / s =
// H(t; a, b) / B without 0 / 0; near the edge F = 1 - u^b H(u; b, a) / B with u = 1 - t.
void FerrersLaw::enclosed(const double* s, std::size_t n, double* mean, double* d_shapes) const {
  const FerrersConstants& k = constants_;
  const double b = k.alpha + 1.0;
  const double da_dp = -k.a / k.p;
  // Up to about the middle of the distribution, so that 1 - (1 - F) loses nothing.
  const double switch_at = std::clamp(k.a / (k.a + b), 0.5, 0.95);
  for (std::size_t i = 0; i < n; ++i) {
    const double at = std::max(s[i], std::numeric_limits<double>::min());
    if (at >= 1.0) {
      mean[i] = 0.5 * std::numbers::inv_pi / at;
      if (d_shapes != nullptr) d_shapes[i] = d_shapes[n + i] = 0.0;
      continue;
    }
    const double log_s = std::log(at);
    const double u = -std::expm1(0.5 * k.p * log_s);
    const double t = std::exp(0.5 * k.p * log_s);
    const double dt_dp = 0.5 * t * log_s;
    double d_alpha = 0.0;
    double d_p = 0.0;
    if (t <= switch_at) {
      const IncompleteBeta h = incomplete_beta(t, u, k.a, b);
      const double scale = 0.5 * std::numbers::inv_pi / k.beta_function;
      mean[i] = scale * h.value;
      // From d(t^a H)/dt = t^(a-1) (1 - t)^alpha.
      const double t_dh_dt = std::pow(u, k.alpha) - k.a * h.value;
      d_alpha = scale * (h.d_d - h.value * k.dlog_beta_dalpha);
      d_p = scale * (0.5 * log_s * t_dh_dt + (h.d_c - h.value * k.dlog_beta_da) * da_dp);
    } else {
      const IncompleteBeta h = incomplete_beta(u, t, b, k.a);
      const double power = std::pow(u, b);
      const double scale = 0.5 * std::numbers::inv_pi / at;
      const double rest = power * h.value / k.beta_function;
      mean[i] = scale * (1.0 - rest);
      const double of_b = power * (std::log(u) * h.value + h.d_c) / k.beta_function;
      const double of_a = power * h.d_d / k.beta_function;
      const double of_u = std::pow(u, k.alpha) * std::pow(t, k.a - 1.0) / k.beta_function;
      d_alpha = -scale * (of_b - rest * k.dlog_beta_dalpha);
      d_p = -scale * (-of_u * dt_dp + (of_a - rest * k.dlog_beta_da) * da_dp);
    }
    if (d_shapes == nullptr) continue;
    d_shapes[i] = d_alpha;
    d_shapes[n + i] = -d_p;  // dp / dbeta = -1
  }
}

double FerrersLaw::value(double s) const {
  if (s >= 1.0) return 0.0;
  if (s <= 0.0) return constants_.k;
  return constants_.k * std::pow(-std::expm1(0.5 * constants_.p * std::log(s)), constants_.alpha);
}

double FerrersLaw::rounding(double g, double s_rounding) const {
  if (!(g > 0.0)) return 1.0;
  // |d ln g / d ln s| = alpha p t / (2 (1 - t)), and (1 - t)^alpha = g / K.
  const double inside = std::clamp(std::pow(g / constants_.k, 1.0 / constants_.alpha), 1e-300, 1.0);
  const double of_law = kEpsilon * (16.0 + 4.0 * constants_.alpha * (1.0 - std::log(inside)));
  const double slope = 0.5 * constants_.alpha * constants_.p * (1.0 - inside) / inside;
  return std::min(1.0, of_law + slope * (s_rounding + 4.0 * kEpsilon));
}

RadialLaw::CuspSampling FerrersLaw::cusp_sampling() const {
  // r^p turns by p arg r in the complex plane, as r^(1/n) of a Sersic law.
  return {1.0 + std::min(1.0, 1.5 / constants_.p), 1e-16};
}

}  // namespace gaxel
