// The loop over an array in vectors. Included once for each target.
#if defined(GAXEL_MATH_FOR_LANES_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef GAXEL_MATH_FOR_LANES_INL_HPP
#undef GAXEL_MATH_FOR_LANES_INL_HPP
#else
#define GAXEL_MATH_FOR_LANES_INL_HPP
#endif

#include <hwy/highway.h>

#include <cstddef>

HWY_BEFORE_NAMESPACE();
namespace gaxel::HWY_NAMESPACE {

/// body(tag, k) for n doubles: in whole vectors, then one by one.
template <class Body>
HWY_INLINE void for_lanes(std::size_t n, Body&& body) {
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::ScalableTag<double> d;
  std::size_t k = 0;
  for (; k + hn::Lanes(d) <= n; k += hn::Lanes(d)) body(d, k);
  for (; k < n; ++k) body(hn::CappedTag<double, 1>(), k);
}

}  // namespace gaxel::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
