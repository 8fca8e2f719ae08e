#include "profile/king_kernel.hpp"

#include <limits>
#include <numbers>

#include "profile/king.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "profile/king_kernel.cpp"
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
struct KingParts {
  V base;    // 1 + s
  V z;       // distance from the edge in ln(1 + s), over alpha
  V inside;  // E = 1 - e^-z, at least 1e-300
  V log_inside;
};

template <class D, class V>
HWY_INLINE KingParts<V> king_parts(D d, const KingConstants& k, V s) {
  KingParts<V> p;
  p.base = hn::Add(s, hn::Set(d, 1.0));
  const auto left = hn::Max(hn::Sub(hn::Set(d, k.edge), s), hn::Zero(d));
  p.z = hn::Mul(hn::Log1p(d, hn::Div(left, p.base)), hn::Set(d, 1.0 / k.alpha));
  p.inside = hn::Max(hn::Neg(hn::Expm1(d, hn::Neg(p.z))), hn::Set(d, 1e-300));
  p.log_inside = log_of_normal(d, p.inside);
  return p;
}

// K E^alpha / (1 + s), zero from the edge on.
template <class D, class V>
HWY_INLINE V king_light(D d, const KingConstants& k, V s, const KingParts<V>& p) {
  const auto exponent = hn::Max(hn::Mul(hn::Set(d, k.alpha), p.log_inside), hn::Set(d, -708.0));
  const auto light = hn::Div(hn::Mul(hn::Set(d, k.k), exp_in_range(d, exponent)), p.base);
  return hn::IfThenElseZero(hn::Lt(s, hn::Set(d, k.edge)), light);
}

void values(const KingConstants& k, const double* s, std::size_t n, double* g) {
  for_lanes(n, [&](auto d, std::size_t i) HWY_ATTR {
    const auto at = hn::LoadU(d, s + i);
    hn::StoreU(king_light(d, k, at, king_parts(d, k, at)), d, g + i);
  });
}

void log_values(const KingConstants& k, const double* s, std::size_t n, double* log_g) {
  for_lanes(n, [&](auto d, std::size_t i) HWY_ATTR {
    const auto at = hn::LoadU(d, s + i);
    const auto p = king_parts(d, k, at);
    const auto of_base = hn::Sub(hn::Set(d, k.log_k), log_of_normal(d, p.base));
    const auto log_light = hn::MulAdd(hn::Set(d, k.alpha), p.log_inside, of_base);
    const auto nothing = hn::Set(d, -std::numeric_limits<double>::infinity());
    hn::StoreU(hn::IfThenElse(hn::Lt(at, hn::Set(d, k.edge)), log_light, nothing), d, log_g + i);
  });
}

void partials(const KingConstants& k, const double* s, std::size_t n, double* g, double* g_s, double* g_c,
              double* g_alpha) {
  for_lanes(n, [&](auto d, std::size_t i) HWY_ATTR {
    const auto at = hn::LoadU(d, s + i);
    const auto p = king_parts(d, k, at);
    const auto light = king_light(d, k, at, p);
    const auto one = hn::Set(d, 1.0);
    const auto per_inside = hn::Div(one, p.inside);
    const auto odds = hn::Sub(per_inside, one);  // (1 - E) / E
    const auto of_c = hn::MulAdd(hn::Set(d, k.dy_edge_dc), odds, hn::Set(d, k.dlog_k_dc));
    const auto of_alpha = hn::NegMulAdd(p.z, odds, hn::Add(p.log_inside, hn::Set(d, k.dlog_k_dalpha)));
    hn::StoreU(light, d, g + i);
    hn::StoreU(hn::Neg(hn::Div(hn::Mul(light, per_inside), p.base)), d, g_s + i);
    hn::StoreU(hn::Mul(light, of_c), d, g_c + i);
    hn::StoreU(hn::Mul(light, of_alpha), d, g_alpha + i);
  });
}

// Where Re(1 + s) = R > 0 and |s| <= S inside the edge, |1 + s| is at least R and less than 1 + c^2: so
// |1 / (1 + s)| <= 1 / R, and e^-z lies in the unit disc, where 1 - e^-z is clear of the branch cut of its
// power and no larger than 1 + |e^-z| = 1 + (|1 + s| / (1 + c^2))^(1/alpha), nor than |z|. Of alpha z = ln (1
// + c^2) / (1 + s) the real part is at most ln (1 + c^2) / R and the imaginary one, the argument of 1 + s, at
// most |Im s| / R. Of the three facts that a reach gives: R = 1 + real, sqrt(S) = largest + spread since
// sqrt(s) is within `spread` of a number no larger than `largest`, and |Im s| <= 2 sqrt(S) spread. Nothing is
// known where R is not positive or S reaches the edge; single precision asks for some distance from both.
void log_bounds(const KingConstants& k, const ComplexReach& reach, float* bounds) {
  const hn::ScalableTag<float> d;
  const auto one = hn::Set(d, 1.0F);
  const auto per_alpha = hn::Set(d, static_cast<float>(1.0 / k.alpha));
  const auto log_edge = hn::Set(d, static_cast<float>(k.y_edge));
  const auto edge_radius = hn::Set(d, static_cast<float>(k.c * (1.0 - 1e-6)));
  for (std::size_t i = 0; i < reach.n; i += hn::Lanes(d)) {
    const auto real = hn::LoadU(d, reach.real + i);
    const auto spread = hn::LoadU(d, reach.spread + i);
    const auto farthest = hn::Add(hn::LoadU(d, reach.largest + i), spread);
    const auto known = hn::And(hn::Gt(real, hn::Set(d, -0.99F)), hn::Lt(farthest, edge_radius));
    const auto least_s = hn::IfThenElseZero(known, real);
    const auto least = hn::Add(least_s, one);
    const auto far = hn::IfThenElse(known, farthest, one);
    const auto log_least = hn::Log(d, least);
    const auto log_decay = hn::Sub(hn::Log(d, hn::MulAdd(far, far, one)), log_edge);
    const auto by_decay = hn::Add(one, hn::Exp(d, hn::Min(hn::Mul(log_decay, per_alpha), hn::Zero(d))));
    const auto above = hn::Max(hn::Sub(hn::Set(d, static_cast<float>(k.edge)), least_s), hn::Zero(d));
    const auto z_real = hn::Log1p(d, hn::Div(above, least));
    const auto z_imaginary = hn::Div(hn::Mul(hn::Add(far, far), spread), least);
    const auto z = hn::Sqrt(hn::MulAdd(z_real, z_real, hn::Mul(z_imaginary, z_imaginary)));
    // Single precision may have lost some of a small z.
    const auto by_z = hn::Mul(hn::MulAdd(log_edge, hn::Set(d, 1e-5F), z), per_alpha);
    const auto inside = hn::Log(d, hn::Min(by_decay, by_z));
    const auto bound = hn::MulAdd(hn::Set(d, static_cast<float>(k.alpha)), inside,
                                  hn::Sub(hn::Set(d, static_cast<float>(k.log_k)), log_least));
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

void king_values(const KingConstants& constants, const double* s, std::size_t n, double* g) {
  HWY_DYNAMIC_DISPATCH(values)(constants, s, n, g);
}

void king_log_values(const KingConstants& constants, const double* s, std::size_t n, double* log_g) {
  HWY_DYNAMIC_DISPATCH(log_values)(constants, s, n, log_g);
}

void king_partials(const KingConstants& constants, const double* s, std::size_t n, double* g, double* g_s,
                   double* g_c, double* g_alpha) {
  HWY_DYNAMIC_DISPATCH(partials)(constants, s, n, g, g_s, g_c, g_alpha);
}

void king_log_bounds(const KingConstants& constants, const ComplexReach& reach, float* bounds) {
  HWY_DYNAMIC_DISPATCH(log_bounds)(constants, reach, bounds);
}

}  // namespace gaxel
#endif  // HWY_ONCE
