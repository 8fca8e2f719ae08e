// The natural logarithm in vectors, several times as fast as Highway's general one. Included once for each
// target.
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

/// ln x for normal x > 0, within 1.5 units in the last place; unspecified for other x. With x = 2^e m and t =
/// (m - 1) / (m + 1), |t| < 0.172: ln m = 2 artanh t = 2 t + t^3 P(t^2), P as in fdlibm's e_log.c.
template <class D, class V>
HWY_INLINE V log_of_normal(D d, V x) {
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::RebindToUnsigned<D> du;
  // Adding this to the bits carries into the exponent for mantissas above sqrt(2).
  const auto carry = hn::Set(du, 0x3FF0000000000000ULL - 0x3FE6A09E667F3BCDULL);
  const auto bits = hn::BitCast(du, x);
  const auto biased = hn::ShiftRight<52>(hn::Add(bits, carry));
  const auto exponent_bits = hn::ShiftLeft<52>(hn::Sub(biased, hn::Set(du, 1023)));
  const auto m = hn::BitCast(d, hn::Sub(bits, exponent_bits));
  // A whole number below 2^52 in the mantissa of 2^52 is that number plus 2^52.
  const auto e = hn::Sub(hn::BitCast(d, hn::Or(biased, hn::Set(du, 0x4330000000000000ULL))),
                         hn::Set(d, 4503599627370496.0 + 1023.0));
  const auto f = hn::Sub(m, hn::Set(d, 1.0));
  const auto t = hn::Div(f, hn::Add(f, hn::Set(d, 2.0)));
  const auto z = hn::Mul(t, t);
  const auto z2 = hn::Mul(z, z);
  const auto p01 = hn::MulAdd(z, hn::Set(d, 3.999999999940941908e-01), hn::Set(d, 6.666666666666735130e-01));
  const auto p23 = hn::MulAdd(z, hn::Set(d, 2.222219843214978396e-01), hn::Set(d, 2.857142874366239149e-01));
  const auto p45 = hn::MulAdd(z, hn::Set(d, 1.531383769920937332e-01), hn::Set(d, 1.818357216161805012e-01));
  const auto p456 = hn::MulAdd(z2, hn::Set(d, 1.479819860511658591e-01), p45);
  const auto p = hn::MulAdd(z2, hn::MulAdd(z2, p456, p23), p01);
  // ln m = f - t (f - z p): the leading term is exact.
  const auto log_m = hn::NegMulAdd(t, hn::NegMulAdd(z, p, f), f);
  const auto low = hn::MulAdd(e, hn::Set(d, 1.90821492927058770002e-10), log_m);
  return hn::MulAdd(e, hn::Set(d, 6.93147180369123816490e-01), low);
}

}  // namespace gaxel::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
