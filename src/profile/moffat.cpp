#include "profile/moffat.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include "gaxel/error.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "profile/moffat.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include <hwy/contrib/math/math-inl.h>

#include "math/exp-inl.hpp"
#include "math/for_lanes-inl.hpp"
#include "math/log-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace gaxel::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// peak (1 + k s)^-beta, at least e^-708 of the peak; `base` = 1 + k s, `log_base` its logarithm.
template <class D, class V>
HWY_INLINE V moffat_light(D d, const MoffatConstants& c, V log_base) {
  const auto exponent = hn::Mul(hn::Set(d, -c.beta), log_base);
  return hn::Mul(hn::Set(d, c.peak), exp_in_range(d, hn::Max(exponent, hn::Set(d, -708.0))));
}

void moffat_values(const MoffatConstants& c, const double* s, std::size_t n, double* g) {
  for_lanes(n, [&](auto d, std::size_t i) HWY_ATTR {
    const auto base = hn::MulAdd(hn::Set(d, c.k), hn::LoadU(d, s + i), hn::Set(d, 1.0));
    hn::StoreU(moffat_light(d, c, log_of_normal(d, base)), d, g + i);
  });
}

void moffat_log_values(const MoffatConstants& c, const double* s, std::size_t n, double* log_g) {
  for_lanes(n, [&](auto d, std::size_t i) HWY_ATTR {
    const auto base = hn::MulAdd(hn::Set(d, c.k), hn::LoadU(d, s + i), hn::Set(d, 1.0));
    const auto log_light = hn::NegMulAdd(hn::Set(d, c.beta), log_of_normal(d, base), hn::Set(d, c.log_peak));
    hn::StoreU(log_light, d, log_g + i);
  });
}

void moffat_partials(const MoffatConstants& c, const double* s, std::size_t n, double* g, double* g_s,
                     double* g_beta) {
  for_lanes(n, [&](auto d, std::size_t i) HWY_ATTR {
    const auto at = hn::LoadU(d, s + i);
    const auto base = hn::MulAdd(hn::Set(d, c.k), at, hn::Set(d, 1.0));
    const auto log_base = log_of_normal(d, base);
    const auto light = moffat_light(d, c, log_base);
    const auto per_k = hn::Div(hn::Set(d, -c.beta), base);  // d ln g / d(k s)
    const auto of_k = hn::Mul(hn::Mul(hn::Set(d, c.dk_dbeta), at), per_k);
    const auto of_beta = hn::Add(hn::Sub(hn::Set(d, c.dlog_peak_dbeta), log_base), of_k);
    hn::StoreU(light, d, g + i);
    hn::StoreU(hn::Mul(hn::Mul(hn::Set(d, c.k), per_k), light), d, g_s + i);
    hn::StoreU(hn::Mul(of_beta, light), d, g_beta + i);
  });
}

// |1 + k s| >= Re(1 + k s) >= 1 + k real, of the three facts that a reach gives; nothing is known where that
// is not positive. In single precision a smaller base than 0.01 would have lost too much.
void moffat_log_bounds(const MoffatConstants& c, const ComplexReach& reach, float* bounds) {
  const hn::ScalableTag<float> d;
  for (std::size_t i = 0; i < reach.n; i += hn::Lanes(d)) {
    const auto real = hn::LoadU(d, reach.real + i);
    const auto base = hn::MulAdd(hn::Set(d, static_cast<float>(c.k)), real, hn::Set(d, 1.0F));
    const auto known = hn::Gt(base, hn::Set(d, 0.01F));
    const auto log_base = hn::Log(d, hn::IfThenElse(known, base, hn::Set(d, 1.0F)));
    const auto bound = hn::NegMulAdd(hn::Set(d, static_cast<float>(c.beta)), log_base,
                                     hn::Set(d, static_cast<float>(c.log_peak)));
    const auto infinite = hn::Set(d, std::numeric_limits<float>::infinity());
    hn::StoreU(hn::IfThenElse(known, bound, infinite), d, bounds + i);
  }
}

}  // namespace gaxel::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gaxel {

HWY_EXPORT(moffat_values);
HWY_EXPORT(moffat_log_values);
HWY_EXPORT(moffat_partials);
HWY_EXPORT(moffat_log_bounds);

namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

MoffatConstants moffat_constants(double beta) {
  if (!(beta >= 1.01 && beta <= 100.0)) {
    throw InputError({"moffat", "beta", std::to_string(beta), "outside its range", "1.01 to 100"});
  }
  MoffatConstants c{};
  c.beta = beta;
  c.k = 4.0 * std::expm1(std::numbers::ln2 / beta);
  c.peak = (beta - 1.0) * c.k * std::numbers::inv_pi;
  c.log_peak = std::log(c.peak);
  c.dk_dbeta = -(c.k + 4.0) * std::numbers::ln2 / (beta * beta);
  c.dlog_peak_dbeta = 1.0 / (beta - 1.0) + c.dk_dbeta / c.k;
  return c;
}

}  // namespace

MoffatLaw::MoffatLaw(double beta) : constants_(moffat_constants(beta)) {}

void MoffatLaw::evaluate(const double* s, std::size_t n, double* g) const {
  HWY_DYNAMIC_DISPATCH(moffat_values)(constants_, s, n, g);
}

void MoffatLaw::evaluate_with_partials(const double* s, std::size_t n, double* g, double* g_s,
                                       double* g_shapes) const {
  HWY_DYNAMIC_DISPATCH(moffat_partials)(constants_, s, n, g, g_s, g_shapes);
}

void MoffatLaw::log_values(const double* s, std::size_t n, double* log_g) const {
  HWY_DYNAMIC_DISPATCH(moffat_log_values)(constants_, s, n, log_g);
}

void MoffatLaw::log_bounds(const ComplexReach& reach, float* bounds) const {
  HWY_DYNAMIC_DISPATCH(moffat_log_bounds)(constants_, reach, bounds);
}

// F = 1 - (1 + k s)^(1 - beta).
void MoffatLaw::enclosed(const double* s, std::size_t n, double* mean, double* d_shapes) const {
  const MoffatConstants& c = constants_;
  for (std::size_t i = 0; i < n; ++i) {
    const double at = std::max(s[i], std::numeric_limits<double>::min());
    const double log_base = std::log1p(c.k * at);
    const double less_rest = std::expm1((1.0 - c.beta) * log_base);
    const double per_area = 0.5 * std::numbers::inv_pi / at;
    mean[i] = -less_rest * per_area;
    if (d_shapes == nullptr) continue;
    const double slope = (c.beta - 1.0) * c.dk_dbeta * at / (1.0 + c.k * at);
    d_shapes[i] = (1.0 + less_rest) * (log_base + slope) * per_area;
  }
}

double MoffatLaw::enclosed_rounding() const {
  // The logarithm's, which the power makes up to |ln of the rest| times as large: F has by then become 1.
  return kEpsilon * (8.0 + 0.5 * constants_.beta);
}

double MoffatLaw::value(double s) const {
  return constants_.peak * std::exp(-constants_.beta * std::log1p(constants_.k * s));
}

double MoffatLaw::rounding(double g, double s_rounding) const {
  const double exponent = constants_.log_peak - std::log(std::max(g, std::numeric_limits<double>::min()));
  // That of the base is beta times as large in the power; so is that of s, where 1 + k s is mostly k s.
  return kEpsilon * (8.0 + constants_.beta + 3.0 * std::max(exponent, 0.0)) + constants_.beta * s_rounding;
}

}  // namespace gaxel
#endif  // HWY_ONCE
