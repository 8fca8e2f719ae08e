#include "integrate/bound_kernel.hpp"

#include <bit>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "integrate/bound_kernel.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include "math/log-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace gaxel::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

static_assert(std::has_single_bit(kReaches.size()) && kReaches.size() <= 8);

void bernstein_ellipses(double reach, PerReach& log_rho, PerReach& log_series) {
  const hn::CappedTag<double, kReaches.size()> d;
  const auto one = hn::Set(d, 1.0);
  const auto least = hn::Set(d, 1.0 + 1e-9);
  for (std::size_t j = 0; j < kReaches.size(); j += hn::Lanes(d)) {
    const auto radius = hn::Mul(hn::LoadU(d, kReaches.data() + j), hn::Set(d, reach));
    const auto r = hn::Max(radius, least);
    const auto rho = hn::Add(r, hn::Sqrt(hn::MulSub(r, r, one)));
    const auto log_r = log_of_normal(d, rho);
    const auto series = hn::Sub(log_r, log_of_normal(d, hn::Sub(rho, one)));  // -ln(1 - 1/rho)
    const auto infinite = hn::Set(d, std::numeric_limits<double>::infinity());
    hn::StoreU(log_r, d, log_rho.data() + j);
    hn::StoreU(hn::IfThenElse(hn::Gt(radius, least), series, infinite), d, log_series.data() + j);
  }
}

}  // namespace gaxel::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gaxel {

HWY_EXPORT(bernstein_ellipses);

void bernstein_ellipses(double reach, PerReach& log_rho, PerReach& log_series) {
  HWY_DYNAMIC_DISPATCH(bernstein_ellipses)(reach, log_rho, log_series);
}

}  // namespace gaxel
#endif  // HWY_ONCE
