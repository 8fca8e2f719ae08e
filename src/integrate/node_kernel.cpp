#include "integrate/node_kernel.hpp"

#include <limits>
#include <type_traits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "integrate/node_kernel.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include "integrate/integrands-inl.hpp"
#include "math/for_lanes-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace gaxel::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void tensor_offsets(const PlaneAxes& axes, const double* x, std::size_t n_x, const double* y, std::size_t n_y,
                    double* u, double* v) {
  for (std::size_t l = 0; l < n_y; ++l, u += n_x, v += n_x) {
    const double u_row = axes.b * y[l];
    const double v_row = axes.d * y[l];
    for_lanes(n_x, [&](auto d, std::size_t k) HWY_ATTR {
      const auto at = hn::LoadU(d, x + k);
      hn::StoreU(hn::MulAdd(hn::Set(d, axes.a), at, hn::Set(d, u_row)), d, u + k);
      hn::StoreU(hn::MulAdd(hn::Set(d, axes.c), at, hn::Set(d, v_row)), d, v + k);
    });
  }
}

void shifted_radii(const double* u, const double* v, std::size_t n, double u0, double v0, double* s) {
  for_lanes(n, [&](auto d, std::size_t k) HWY_ATTR {
    const auto nu = hn::Add(hn::LoadU(d, u + k), hn::Set(d, u0));
    const auto nv = hn::Add(hn::LoadU(d, v + k), hn::Set(d, v0));
    const auto smallest = hn::Set(d, std::numeric_limits<double>::min());
    hn::StoreU(hn::Max(hn::MulAdd(nu, nu, hn::Mul(nv, nv)), smallest), d, s + k);
  });
}

void add_scaled(const double* values, std::size_t n, double weight, double* sum) {
  for_lanes(n, [&](auto d, std::size_t k) HWY_ATTR {
    hn::StoreU(hn::MulAdd(hn::LoadU(d, values + k), hn::Set(d, weight), hn::LoadU(d, sum + k)), d, sum + k);
  });
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

void add_moments(const NodeLight& nodes, std::size_t n, double weight,
                 const std::array<double*, kMaxMoments>& sums) {
  with_moments(nodes.n_shapes, [&](auto moments) HWY_ATTR {
    for_lanes(n, [&](auto d, std::size_t k) HWY_ATTR {
      hn::Vec<decltype(d)> m[decltype(moments)::value];
      integrands(d, nodes, k, m);
      const auto w = hn::Set(d, weight);
      for (std::size_t i = 0; i < decltype(moments)::value; ++i) {
        hn::StoreU(hn::MulAdd(w, m[i], hn::LoadU(d, sums[i] + k)), d, sums[i] + k);
      }
    });
  });
}

Moments weighted_moments(const NodeLight& nodes, std::size_t n, const double* weights) {
  const hn::ScalableTag<double> whole;
  Moments result{};
  with_moments(nodes.n_shapes, [&](auto moments) HWY_ATTR {
    constexpr std::size_t kMoments = decltype(moments)::value;
    hn::Vec<decltype(whole)> sums[kMoments];
    for (auto& sum : sums) sum = hn::Zero(whole);
    for_lanes(n, [&](auto d, std::size_t k) HWY_ATTR {
      hn::Vec<decltype(d)> m[kMoments];
      integrands(d, nodes, k, m);
      const auto w = hn::LoadU(d, weights + k);
      for (std::size_t i = 0; i < kMoments; ++i) {
        if constexpr (std::is_same_v<decltype(d), std::remove_const_t<decltype(whole)>>) {
          sums[i] = hn::MulAdd(w, m[i], sums[i]);
        } else {
          result[i] += hn::GetLane(hn::Mul(w, m[i]));
        }
      }
    });
    for (std::size_t i = 0; i < kMoments; ++i) result[i] += hn::GetLane(hn::SumOfLanes(whole, sums[i]));
  });
  return result;
}

void combine_moments(const NodeLight& nodes, std::size_t n, std::span<const Moments> coefficients,
                     double* to) {
  with_moments(nodes.n_shapes, [&](auto moments) HWY_ATTR {
    constexpr std::size_t kMoments = decltype(moments)::value;
    for_lanes(n, [&](auto d, std::size_t k) HWY_ATTR {
      hn::Vec<decltype(d)> m[kMoments];
      integrands(d, nodes, k, m);
      double* at = to + k;
      for (const Moments& c : coefficients) {
        auto sum = hn::Mul(hn::Set(d, c[0]), m[0]);
        for (std::size_t i = 1; i < kMoments; ++i) sum = hn::MulAdd(hn::Set(d, c[i]), m[i], sum);
        hn::StoreU(sum, d, at);
        at += n;
      }
    });
  });
}

}  // namespace gaxel::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gaxel {

HWY_EXPORT(tensor_offsets);
HWY_EXPORT(shifted_radii);
HWY_EXPORT(add_scaled);
HWY_EXPORT(dot);
HWY_EXPORT(add_moments);
HWY_EXPORT(weighted_moments);
HWY_EXPORT(combine_moments);

void tensor_offsets(const PlaneAxes& axes, const double* x, std::size_t n_x, const double* y, std::size_t n_y,
                    double* u, double* v) {
  HWY_DYNAMIC_DISPATCH(tensor_offsets)(axes, x, n_x, y, n_y, u, v);
}

void shifted_radii(const double* u, const double* v, std::size_t n, double u0, double v0, double* s) {
  HWY_DYNAMIC_DISPATCH(shifted_radii)(u, v, n, u0, v0, s);
}

void add_scaled(const double* values, std::size_t n, double weight, double* sum) {
  HWY_DYNAMIC_DISPATCH(add_scaled)(values, n, weight, sum);
}

double dot(const double* a, const double* b, std::size_t n) {
  return HWY_DYNAMIC_DISPATCH(dot)(a, b, n);
}

void add_moments(const NodeLight& nodes, std::size_t n, double weight,
                 const std::array<double*, kMaxMoments>& sums) {
  HWY_DYNAMIC_DISPATCH(add_moments)(nodes, n, weight, sums);
}

Moments weighted_moments(const NodeLight& nodes, std::size_t n, const double* weights) {
  return HWY_DYNAMIC_DISPATCH(weighted_moments)(nodes, n, weights);
}

void combine_moments(const NodeLight& nodes, std::size_t n, std::span<const Moments> coefficients,
                     double* to) {
  HWY_DYNAMIC_DISPATCH(combine_moments)(nodes, n, coefficients, to);
}

}  // namespace gaxel
#endif  // HWY_ONCE
