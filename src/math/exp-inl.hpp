// Powers of two in vectors, several times as fast as Highway's exponential. Included once for each target.
#if defined(GAXEL_MATH_EXP_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef GAXEL_MATH_EXP_INL_HPP
#undef GAXEL_MATH_EXP_INL_HPP
#else
#define GAXEL_MATH_EXP_INL_HPP
#endif

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace gaxel::HWY_NAMESPACE {

/// Sign of what exp2_in_range returns.
enum class Sign { kPlus, kMinus };

/// 2^y, or -2^y at the same cost, for -1022 <= y <= 1023.5, within 1.2 units in the last place; for -1023 <=
/// y < -1022 some number from 0 to 2^-1022, for y = -1023 zero. Other y: unspecified.
template <Sign sign = Sign::kPlus, class D, class V>
HWY_INLINE V exp2_in_range(D d, V y) {
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::RebindToUnsigned<D> du;
  // y + this is rounded to a whole number, its bits the lowest of the mantissa; 2048 more sets the sign.
  const auto whole = hn::Set(d, 6755399441055744.0 + (sign == Sign::kMinus ? 2048.0 : 0.0));
  const auto shifted = hn::Add(y, whole);
  const auto r = hn::Sub(y, hn::Sub(shifted, whole));
  // 2^r, |r| <= 1/2, by the best polynomial of degree 11 that is 1 at 0: within 4e-18.
  const auto r2 = hn::Mul(r, r);
  auto even = hn::Set(d, 4.434774595535626666e-10);
  auto odd = hn::Set(d, 7.073782777159594786e-9);
  odd = hn::MulAdd(odd, r2, hn::Set(d, 1.321543528540055102e-6));
  even = hn::MulAdd(even, r2, hn::Set(d, 1.017819954258775726e-7));
  odd = hn::MulAdd(odd, r2, hn::Set(d, 0.0001540353045710502906));
  even = hn::MulAdd(even, r2, hn::Set(d, 0.00001525273349322564265));
  odd = hn::MulAdd(odd, r2, hn::Set(d, 0.009618129107594126561));
  even = hn::MulAdd(even, r2, hn::Set(d, 0.001333355814677447012));
  odd = hn::MulAdd(odd, r2, hn::Set(d, 0.2402265069591013124));
  even = hn::MulAdd(even, r2, hn::Set(d, 0.05550410866482008422));
  const auto q = hn::MulAdd(r, even, odd);
  const auto power = hn::MulAdd(r, hn::MulAdd(r, q, hn::Set(d, 0.6931471805599453258)), hn::Set(d, 1.0));
  return hn::BitCast(d, hn::Add(hn::BitCast(du, power), hn::ShiftLeft<52>(hn::BitCast(du, shifted))));
}

}  // namespace gaxel::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
