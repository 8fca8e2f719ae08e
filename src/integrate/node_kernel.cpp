#include "integrate/node_kernel.hpp"

#include <algorithm>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "integrate/node_kernel.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace gaxel::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void shifted_radii(const double* u, const double* v, std::size_t n, double u0, double v0, double* s) {
  const hn::ScalableTag<double> d;
  const std::size_t lanes = hn::Lanes(d);
  constexpr double kSmallest = std::numeric_limits<double>::min();
  std::size_t k = 0;
  for (; k + lanes <= n; k += lanes) {
    const auto nu = hn::Add(hn::LoadU(d, u + k), hn::Set(d, u0));
    const auto nv = hn::Add(hn::LoadU(d, v + k), hn::Set(d, v0));
    hn::StoreU(hn::Max(hn::MulAdd(nu, nu, hn::Mul(nv, nv)), hn::Set(d, kSmallest)), d, s + k);
  }
  for (; k < n; ++k) {
    const double nu = u[k] + u0;
    const double nv = v[k] + v0;
    s[k] = std::max(nu * nu + nv * nv, kSmallest);
  }
}

void add_scaled(const double* values, std::size_t n, double weight, double* sum) {
  const hn::ScalableTag<double> d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t k = 0;
  for (; k + lanes <= n; k += lanes) {
    hn::StoreU(hn::MulAdd(hn::LoadU(d, values + k), hn::Set(d, weight), hn::LoadU(d, sum + k)), d, sum + k);
  }
  for (; k < n; ++k) sum[k] += weight * values[k];
}

double dot(const double* a, const double* b, std::size_t n) {
  const hn::ScalableTag<double> d;
  const std::size_t lanes = hn::Lanes(d);
  auto sums = hn::Zero(d);
  std::size_t k = 0;
  for (; k + lanes <= n; k += lanes) sums = hn::MulAdd(hn::LoadU(d, a + k), hn::LoadU(d, b + k), sums);
  double sum = hn::GetLane(hn::SumOfLanes(d, sums));
  for (; k < n; ++k) sum += a[k] * b[k];
  return sum;
}

}  // namespace gaxel::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gaxel {

HWY_EXPORT(shifted_radii);
HWY_EXPORT(add_scaled);
HWY_EXPORT(dot);

void shifted_radii(const double* u, const double* v, std::size_t n, double u0, double v0, double* s) {
  HWY_DYNAMIC_DISPATCH(shifted_radii)(u, v, n, u0, v0, s);
}

void add_scaled(const double* values, std::size_t n, double weight, double* sum) {
  HWY_DYNAMIC_DISPATCH(add_scaled)(values, n, weight, sum);
}

double dot(const double* a, const double* b, std::size_t n) {
  return HWY_DYNAMIC_DISPATCH(dot)(a, b, n);
}

}  // namespace gaxel
#endif  // HWY_ONCE
