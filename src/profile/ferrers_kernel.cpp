#include "profile/ferrers_kernel.hpp"

#include <limits>

#include "profile/ferrers.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "profile/ferrers_kernel.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include <hwy/contrib/math/math-inl.h>

#include "math/exp-inl.hpp"
#include "math/for_lanes-inl.hpp"
#include "math/log-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace gaxel::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// The law's parts at s.
template <class V>
struct FerrersParts {
  V log_s;
  V log_t;   // t = s^(p/2), at most 1
  V inside;  // 1 - t, at least 1e-300
  V log_inside;
};

template <class D, class V>
HWY_INLINE FerrersParts<V> ferrers_parts(D d, const FerrersConstants& k, V s) {
  FerrersParts<V> parts;
  const auto smallest = hn::Set(d, std::numeric_limits<double>::min());
  parts.log_s = hn::Min(log_of_normal(d, hn::Max(s, smallest)), hn::Zero(d));
  parts.log_t = hn::Mul(hn::Set(d, 0.5 * k.p), parts.log_s);
  parts.inside = hn::Max(hn::Neg(hn::Expm1(d, parts.log_t)), hn::Set(d, 1e-300));
  parts.log_inside = log_of_normal(d, parts.inside);
  return parts;
}

// K (1 - t)^alpha, zero from the edge on.
template <class D, class V>
HWY_INLINE V ferrers_light(D d, const FerrersConstants& k, V s, const FerrersParts<V>& parts) {
  const auto exponent = hn::Max(hn::Mul(hn::Set(d, k.alpha), parts.log_inside), hn::Set(d, -708.0));
  const auto light = hn::Mul(hn::Set(d, k.k), exp_in_range(d, exponent));
  return hn::IfThenElseZero(hn::Lt(s, hn::Set(d, 1.0)), light);
}

void values(const FerrersConstants& k, const double* s, std::size_t n, double* g) {
  for_lanes(n, [&](auto d, std::size_t i) HWY_ATTR {
    const auto at = hn::LoadU(d, s + i);
    hn::StoreU(ferrers_light(d, k, at, ferrers_parts(d, k, at)), d, g + i);
  });
}

void log_values(const FerrersConstants& k, const double* s, std::size_t n, double* log_g) {
  for_lanes(n, [&](auto d, std::size_t i) HWY_ATTR {
    const auto at = hn::LoadU(d, s + i);
    const auto parts = ferrers_parts(d, k, at);
    const auto log_light = hn::MulAdd(hn::Set(d, k.alpha), parts.log_inside, hn::Set(d, k.log_k));
    const auto nothing = hn::Set(d, -std::numeric_limits<double>::infinity());
    hn::StoreU(hn::IfThenElse(hn::Lt(at, hn::Set(d, 1.0)), log_light, nothing), d, log_g + i);
  });
}

void partials(const FerrersConstants& k, const double* s, std::size_t n, double* g, double* g_s,
              double* g_alpha, double* g_beta) {
  for_lanes(n, [&](auto d, std::size_t i) HWY_ATTR {
    const auto at = hn::LoadU(d, s + i);
    const auto parts = ferrers_parts(d, k, at);
    const auto light = ferrers_light(d, k, at, parts);
    const auto t = exp_in_range(d, hn::Max(parts.log_t, hn::Set(d, -708.0)));
    // alpha t / (1 - t): less the slope of ln g against ln t.
    const auto fall = hn::Div(hn::Mul(hn::Set(d, k.alpha), t), parts.inside);
    const auto of_s = hn::Div(hn::Mul(hn::Set(d, -0.5 * k.p), fall), at);
    const auto of_alpha = hn::Sub(parts.log_inside, hn::Set(d, k.dlog_beta_dalpha));
    const auto half_log_s = hn::Mul(hn::Set(d, 0.5), parts.log_s);
    const auto of_beta = hn::MulSub(fall, half_log_s, hn::Set(d, k.dlog_k_dp));  // dp / dbeta = -1
    hn::StoreU(light, d, g + i);
    hn::StoreU(hn::Mul(light, of_s), d, g_s + i);
    hn::StoreU(hn::Mul(light, of_alpha), d, g_alpha + i);
    hn::StoreU(hn::Mul(light, of_beta), d, g_beta + i);
  });
}

// With v = sqrt(s), |v| <= V < 1: v^p lies in the unit disc, so that 1 - v^p is clear of the branch cut of
// its power and no larger than 1 + V^p. On the way from v to 1 the modulus is at most 1 and the real part at
// least that of v, which is at least `radius`: so |1 - v^p| <= p |1 - v| max(1, radius^(p - 1)); and |1 - v|
// <= 1 - radius, since v is within `spread` of a real number that is at least radius + spread. V = largest +
// spread. Nothing is known where V reaches the edge.
void log_bounds(const FerrersConstants& k, const ComplexReach& reach, float* bounds) {
  const hn::ScalableTag<float> d;
  const auto one = hn::Set(d, 1.0F);
  const auto p = hn::Set(d, static_cast<float>(k.p));
  const auto smallest = hn::Set(d, 1e-30F);
  for (std::size_t i = 0; i < reach.n; i += hn::Lanes(d)) {
    const auto radius = hn::LoadU(d, reach.radius + i);
    const auto farthest = hn::Add(hn::LoadU(d, reach.largest + i), hn::LoadU(d, reach.spread + i));
    const auto known = hn::Lt(farthest, hn::Set(d, 1.0F - 1e-6F));
    const auto of_far = hn::Exp(d, hn::Mul(p, hn::Log(d, hn::Max(hn::Min(farthest, one), smallest))));
    const auto of_near = hn::Mul(hn::Sub(p, one), hn::Log(d, hn::Max(hn::Min(radius, one), smallest)));
    const auto steepness = hn::Mul(p, hn::Exp(d, hn::Min(hn::Max(of_near, hn::Zero(d)), hn::Set(d, 80.0F))));
    // Single precision may have lost some of a small difference.
    const auto gap = hn::Add(hn::Max(hn::Sub(one, radius), hn::Zero(d)), hn::Set(d, 1e-6F));
    const auto inside = hn::Min(hn::Add(one, of_far), hn::Mul(steepness, gap));
    const auto bound = hn::MulAdd(hn::Set(d, static_cast<float>(k.alpha)), hn::Log(d, inside),
                                  hn::Set(d, static_cast<float>(k.log_k)));
    hn::StoreU(hn::IfThenElse(known, bound, hn::Set(d, std::numeric_limits<float>::infinity())), d,
               bounds + i);
  }
}

}  // namespace gaxel::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gaxel {

namespace {
HWY_EXPORT(values);
HWY_EXPORT(log_values);
HWY_EXPORT(partials);
HWY_EXPORT(log_bounds);
}  // namespace

void ferrers_values(const FerrersConstants& constants, const double* s, std::size_t n, double* g) {
  HWY_DYNAMIC_DISPATCH(values)(constants, s, n, g);
}

void ferrers_log_values(const FerrersConstants& constants, const double* s, std::size_t n, double* log_g) {
  HWY_DYNAMIC_DISPATCH(log_values)(constants, s, n, log_g);
}

void ferrers_partials(const FerrersConstants& constants, const double* s, std::size_t n, double* g,
                      double* g_s, double* g_alpha, double* g_beta) {
  HWY_DYNAMIC_DISPATCH(partials)(constants, s, n, g, g_s, g_alpha, g_beta);
}

void ferrers_log_bounds(const FerrersConstants& constants, const ComplexReach& reach, float* bounds) {
  HWY_DYNAMIC_DISPATCH(log_bounds)(constants, reach, bounds);
}

}  // namespace gaxel
#endif  // HWY_ONCE
