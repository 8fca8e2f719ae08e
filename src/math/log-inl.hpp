// Logarithms in vectors, several times as fast as Highway's general one. Included once for each target.
#if defined(GAXEL_MATH_LOG_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef GAXEL_MATH_LOG_INL_HPP
#undef GAXEL_MATH_LOG_INL_HPP
#else
#define GAXEL_MATH_LOG_INL_HPP
#endif

#include <hwy/highway.h>

#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace gaxel::HWY_NAMESPACE {

/// x = 2^exponent (1 + f) for normal x > 0, with sqrt(1/2) <= 1 + f < sqrt(2).
template <class V>
struct NormalParts {
  V f;
  V exponent;
};

template <class D, class V>
HWY_INLINE NormalParts<V> normal_parts(D d, V x) {
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::RebindToUnsigned<D> du;
  const auto sqrt_half = hn::Set(du, 0x3FE6A09E667F3BCDULL);
  // The sum carries into the exponent for mantissas above sqrt(2).
  const auto sum = hn::Add(hn::BitCast(du, x), hn::Set(du, 0x3FF0000000000000ULL - 0x3FE6A09E667F3BCDULL));
  const auto m = hn::Add(hn::And(sum, hn::Set(du, 0x000FFFFFFFFFFFFFULL)), sqrt_half);
  // A whole number below 2^52 in the mantissa of 2^52 is that number plus 2^52.
  const auto biased = hn::Or(hn::ShiftRight<52>(sum), hn::Set(du, 0x4330000000000000ULL));
  return {hn::Sub(hn::BitCast(d, m), hn::Set(d, 1.0)),
          hn::Sub(hn::BitCast(d, biased), hn::Set(d, 4503599627370496.0 + 1023.0))};
}

/// ln x for normal x > 0, within 1.2 units in the last place; unspecified for other x. With x = 2^e (1 + f)
/// and t = f / (2 + f), |t| < 0.172: ln(1 + f) = 2 artanh t = 2 t + t^3 P(t^2), P as in fdlibm's e_log.c.
template <class D, class V>
HWY_INLINE V log_of_normal(D d, V x) {
  namespace hn = hwy::HWY_NAMESPACE;
  const auto [f, e] = normal_parts(d, x);
  const auto t = hn::Div(f, hn::Add(f, hn::Set(d, 2.0)));
  const auto z = hn::Mul(t, t);
  const auto z2 = hn::Mul(z, z);
  const auto p01 = hn::MulAdd(z, hn::Set(d, 3.999999999940941908e-01), hn::Set(d, 6.666666666666735130e-01));
  const auto p23 = hn::MulAdd(z, hn::Set(d, 2.222219843214978396e-01), hn::Set(d, 2.857142874366239149e-01));
  const auto p45 = hn::MulAdd(z, hn::Set(d, 1.531383769920937332e-01), hn::Set(d, 1.818357216161805012e-01));
  const auto p456 = hn::MulAdd(z2, hn::Set(d, 1.479819860511658591e-01), p45);
  const auto p = hn::MulAdd(z2, hn::MulAdd(z2, p456, p23), p01);
  // ln(1 + f) = f - t (f - z p): the leading term is exact.
  const auto log_m = hn::NegMulAdd(t, hn::NegMulAdd(z, p, f), f);
  const auto low = hn::MulAdd(e, hn::Set(d, 1.90821492927058770002e-10), log_m);
  return hn::MulAdd(e, hn::Set(d, 6.93147180369123816490e-01), low);
}

/// log2 x for normal x > 0, within 3.4e-16 + 1.2e-16 |log2 x|, and within 3 units in the last place near x =
/// 1; for x from 0 to the smallest normal number some number from -1023 to -1022. For many logarithms one
/// after the other: the division of log_of_normal, which would take longer than all else, is done by
/// multiplications.
template <class D, class V>
HWY_INLINE V log2_of_normal(D d, V x) {
  namespace hn = hwy::HWY_NAMESPACE;
  const auto one = hn::Set(d, 1.0);
  const auto [f, e] = normal_parts(d, x);
  // 1 / (2 + f) by the best cubic, its remainder 1 - (2 + f) r at most 1.2e-4, then t = f / (2 + f) =
  // f r (1 + remainder) (1 + remainder^2) but for the remainder's fourth power.
  auto r = hn::MulAdd(f, hn::Set(d, -0.057135022977269105), hn::Set(d, 0.1281333271883189306));
  r = hn::MulAdd(f, r, hn::Set(d, -0.25038620003608889));
  r = hn::MulAdd(f, r, hn::Set(d, 0.4999569571071428525));
  const auto remainder = hn::NegMulAdd(hn::Add(f, hn::Set(d, 2.0)), r, one);
  const auto fr = hn::Mul(f, r);
  const auto better = hn::MulAdd(fr, remainder, fr);
  const auto t = hn::MulAdd(better, hn::Mul(remainder, remainder), better);
  // log2(1 + f) = t Q(t^2), Q the best polynomial of degree 6: within 9e-17.
  const auto z = hn::Mul(t, t);
  const auto z2 = hn::Mul(z, z);
  auto even = hn::MulAdd(z2, hn::Set(d, 0.2429370332230582219), hn::Set(d, 0.3206164492140340284));
  auto odd = hn::MulAdd(z2, hn::Set(d, 0.2614424020556761698), hn::Set(d, 0.4121984011175429243));
  even = hn::MulAdd(z2, even, hn::Set(d, 0.5770780172527374264));
  odd = hn::MulAdd(z2, odd, hn::Set(d, 0.9617966939243184254));
  even = hn::MulAdd(z2, even, hn::Set(d, 2.885390081777927314));
  return hn::MulAdd(t, hn::MulAdd(z, odd, even), e);
}

}  // namespace gaxel::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
