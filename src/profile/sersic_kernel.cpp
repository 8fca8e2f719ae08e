#include "profile/sersic_kernel.hpp"

#include "profile/sersic.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "profile/sersic_kernel.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include <hwy/contrib/math/math-inl.h>

HWY_BEFORE_NAMESPACE();
namespace gaxel::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Loads, evaluates and stores whole vectors; the last, partial one goes through a small buffer.
template <class Body>
void for_each_vector(const double* s, std::size_t n, Body&& body) {
  const hn::ScalableTag<double> d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    body(hn::LoadU(d, s + i), i, lanes);
  }
  if (i < n) {
    HWY_ALIGN double buffer[hn::MaxLanes(d)];
    for (std::size_t k = 0; k < lanes; ++k) {
      buffer[k] = i + k < n ? s[i + k] : 1.0;
    }
    body(hn::Load(d, buffer), i, n - i);
  }
}

template <class D, class V>
void store(D d, V value, std::size_t count, double* to) {
  if (count == hn::Lanes(d)) {
    hn::StoreU(value, d, to);
    return;
  }
  HWY_ALIGN double buffer[hn::MaxLanes(d)];
  hn::Store(value, d, buffer);
  for (std::size_t k = 0; k < count; ++k) {
    to[k] = buffer[k];
  }
}

enum class Power { kOne, kHalf, kGeneral };

Power power_of(double exponent) {
  return exponent == 1.0 ? Power::kOne : exponent == 0.5 ? Power::kHalf : Power::kGeneral;
}

template <Power kPower, class D, class V>
HWY_INLINE V exponent_w(D d, const SersicConstants& c, V s, V log_s) {
  if constexpr (kPower == Power::kOne) {
    return hn::Mul(hn::Set(d, c.b), s);
  } else if constexpr (kPower == Power::kHalf) {
    return hn::Mul(hn::Set(d, c.b), hn::Sqrt(s));
  } else {
    return hn::Exp(d, hn::MulAdd(hn::Set(d, c.exponent), log_s, hn::Set(d, c.log_b)));
  }
}

template <Power kPower>
void values(const SersicConstants& c, const double* s, std::size_t n, double* g) {
  const hn::ScalableTag<double> d;
  for_each_vector(s, n, [&](auto sv, std::size_t i, std::size_t count) {
    auto log_s = sv;
    if constexpr (kPower == Power::kGeneral) {
      log_s = hn::Log(d, sv);
    }
    const auto w = exponent_w<kPower>(d, c, sv, log_s);
    store(d, hn::Exp(d, hn::Sub(hn::Set(d, c.log_i0), w)), count, g + i);
  });
}

template <Power kPower>
void partials(const SersicConstants& c, const double* s, std::size_t n, double* g, double* g_s, double* g_n) {
  const hn::ScalableTag<double> d;
  const auto slope = hn::Set(d, -c.exponent);
  const auto dlog_i0 = hn::Set(d, c.dlog_i0_dn);
  const auto dlog_b = hn::Set(d, c.dlog_b_dn);
  const auto per_log_s = hn::Set(d, -2.0 * c.exponent * c.exponent);  // dp/dn = -1 / (2 n^2)
  for_each_vector(s, n, [&](auto sv, std::size_t i, std::size_t count) {
    const auto log_s = hn::Log(d, sv);
    const auto w = exponent_w<kPower>(d, c, sv, log_s);
    const auto value = hn::Exp(d, hn::Sub(hn::Set(d, c.log_i0), w));
    const auto dw_dn = hn::Mul(w, hn::MulAdd(per_log_s, log_s, dlog_b));
    store(d, value, count, g + i);
    store(d, hn::Div(hn::Mul(hn::Mul(slope, w), value), sv), count, g_s + i);
    store(d, hn::Mul(value, hn::Sub(dlog_i0, dw_dn)), count, g_n + i);
  });
}

void values_dispatched(const SersicConstants& c, const double* s, std::size_t n, double* g) {
  switch (power_of(c.exponent)) {
    case Power::kOne:
      return values<Power::kOne>(c, s, n, g);
    case Power::kHalf:
      return values<Power::kHalf>(c, s, n, g);
    case Power::kGeneral:
      return values<Power::kGeneral>(c, s, n, g);
  }
}

void partials_dispatched(const SersicConstants& c, const double* s, std::size_t n, double* g, double* g_s,
                         double* g_n) {
  switch (power_of(c.exponent)) {
    case Power::kOne:
      return partials<Power::kOne>(c, s, n, g, g_s, g_n);
    case Power::kHalf:
      return partials<Power::kHalf>(c, s, n, g, g_s, g_n);
    case Power::kGeneral:
      return partials<Power::kGeneral>(c, s, n, g, g_s, g_n);
  }
}

}  // namespace gaxel::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gaxel {

HWY_EXPORT(values_dispatched);
HWY_EXPORT(partials_dispatched);

void sersic_values(const SersicConstants& constants, const double* s, std::size_t n, double* g) {
  HWY_DYNAMIC_DISPATCH(values_dispatched)(constants, s, n, g);
}

void sersic_partials(const SersicConstants& constants, const double* s, std::size_t n, double* g, double* g_s,
                     double* g_n) {
  HWY_DYNAMIC_DISPATCH(partials_dispatched)(constants, s, n, g, g_s, g_n);
}

}  // namespace gaxel
#endif  // HWY_ONCE
