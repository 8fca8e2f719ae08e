#include "integrate/subpixel/point_kernel.hpp"

#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "integrate/subpixel/point_kernel.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include "math/for_lanes-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace gaxel::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

bool squared_radii(const EllipseFrame& f, const double* x, const double* y, std::size_t n, double* s) {
  bool at_center = false;
  for_lanes(n, [&](auto d, std::size_t k) HWY_ATTR {
    const auto smallest = hn::Set(d, std::numeric_limits<double>::min());
    const auto dx = hn::Sub(hn::LoadU(d, x + k), hn::Set(d, f.x0));
    const auto dy = hn::Sub(hn::LoadU(d, y + k), hn::Set(d, f.y0));
    const auto u = hn::MulAdd(hn::Set(d, f.a), dx, hn::Mul(hn::Set(d, f.b), dy));
    const auto v = hn::MulAdd(hn::Set(d, f.c), dx, hn::Mul(hn::Set(d, f.d), dy));
    const auto sum = hn::Max(hn::MulAdd(u, u, hn::Mul(v, v)), smallest);
    at_center |= !hn::AllFalse(d, hn::Le(sum, smallest));
    hn::StoreU(sum, d, s + k);
  });
  return at_center;
}

}  // namespace gaxel::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gaxel {

HWY_EXPORT(squared_radii);

bool squared_radii(const EllipseFrame& frame, const double* x, const double* y, std::size_t n, double* s) {
  return HWY_DYNAMIC_DISPATCH(squared_radii)(frame, x, y, n, s);
}

}  // namespace gaxel
#endif  // HWY_ONCE
