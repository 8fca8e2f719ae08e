// Powers of two and of e in vectors, several times as fast as Highway's exponential. Included once for each
// target.
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

/// A number of at most 2^51 in size plus this is rounded to a whole number, its bits the lowest of the
/// mantissa.
inline constexpr double kToWhole = 6755399441055744.0;

/// 2^(r + k) for |r| <= 1/2 and k the lowest bits of `whole`, a number plus kToWhole.
template <class D, class V>
HWY_INLINE V exp2_of_parts(D d, V r, V whole) {
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::RebindToUnsigned<D> du;
  // The best polynomial of degree 11 that is 1 at 0, within 4e-18: 1 + c1 r + r^2 (even + r odd).
  const auto r2 = hn::Mul(r, r);
  auto odd = hn::MulAdd(r2, hn::Set(d, 4.434774595535626666e-10), hn::Set(d, 1.017819954258775726e-7));
  auto even = hn::MulAdd(r2, hn::Set(d, 7.073782777159594786e-9), hn::Set(d, 1.321543528540055102e-6));
  odd = hn::MulAdd(r2, odd, hn::Set(d, 0.00001525273349322564265));
  even = hn::MulAdd(r2, even, hn::Set(d, 0.0001540353045710502906));
  odd = hn::MulAdd(r2, odd, hn::Set(d, 0.001333355814677447012));
  even = hn::MulAdd(r2, even, hn::Set(d, 0.009618129107594126561));
  odd = hn::MulAdd(r2, odd, hn::Set(d, 0.05550410866482008422));
  even = hn::MulAdd(r2, even, hn::Set(d, 0.2402265069591013124));
  const auto first = hn::MulAdd(r, hn::MulAdd(r, odd, even), hn::Set(d, 0.6931471805599453258));
  const auto power = hn::MulAdd(r, first, hn::Set(d, 1.0));
  return hn::BitCast(d, hn::Add(hn::BitCast(du, power), hn::ShiftLeft<52>(hn::BitCast(du, whole))));
}

/// 2^y, or -2^y at the same cost, for -1022 <= y <= 1023.5, within 1.2 units in the last place; for -1023 <=
/// y < -1022 some number from 0 to 2^-1022, for y = -1023 zero. Other y: unspecified.
template <Sign sign = Sign::kPlus, class D, class V>
HWY_INLINE V exp2_in_range(D d, V y) {
  namespace hn = hwy::HWY_NAMESPACE;
  // 2048 more sets the sign.
  const auto to_whole = hn::Set(d, kToWhole + (sign == Sign::kMinus ? 2048.0 : 0.0));
  const auto whole = hn::Add(y, to_whole);
  return exp2_of_parts(d, hn::Sub(y, hn::Sub(whole, to_whole)), whole);
}

/// e^x for -708 <= x <= 709, within 1.5 units in the last place. Other x: unspecified.
template <class D, class V>
HWY_INLINE V exp_in_range(D d, V x) {
  namespace hn = hwy::HWY_NAMESPACE;
  const auto to_whole = hn::Set(d, kToWhole);
  const auto per_ln2 = hn::Set(d, 1.442695040888963387);
  const auto whole = hn::Add(hn::Mul(x, per_ln2), to_whole);
  const auto k = hn::Sub(whole, to_whole);
  // ln 2 in two parts, the products with the first exact.
  const auto high = hn::NegMulAdd(k, hn::Set(d, 6.93147180369123816490e-01), x);
  const auto rest = hn::NegMulAdd(k, hn::Set(d, 1.90821492927058770002e-10), high);
  return exp2_of_parts(d, hn::Mul(rest, per_ln2), whole);
}

}  // namespace gaxel::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
