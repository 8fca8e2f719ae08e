#include "integrate/rate_kernel.hpp"

#include <type_traits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "integrate/rate_kernel.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include "integrate/integrands-inl.hpp"
#include "math/for_lanes-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace gaxel::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// What u and v change by.
template <class D, class V>
HWY_INLINE void move(D d, const PlaneFlow& flow, V u, V v, V& u_rate, V& v_rate) {
  u_rate = hn::MulAdd(hn::Set(d, flow.u_u), u, hn::MulAdd(hn::Set(d, flow.u_v), v, hn::Set(d, flow.u_0)));
  v_rate = hn::MulAdd(hn::Set(d, flow.v_u), u, hn::MulAdd(hn::Set(d, flow.v_v), v, hn::Set(d, flow.v_0)));
}

void radius_rates(const PlaneFlow& flow, const double* u, const double* v, std::size_t n, double u0,
                  double v0, double* to) {
  for_lanes(n, [&](auto d, std::size_t k) HWY_ATTR {
    const auto nu = hn::Add(hn::LoadU(d, u + k), hn::Set(d, u0));
    const auto nv = hn::Add(hn::LoadU(d, v + k), hn::Set(d, v0));
    auto u_rate = nu;
    auto v_rate = nv;
    move(d, flow, nu, nv, u_rate, v_rate);
    hn::StoreU(hn::Mul(hn::Set(d, 2.0), hn::MulAdd(nu, u_rate, hn::Mul(nv, v_rate))), d, to + k);
  });
}

// The rates of integrands(), by the product rule.
template <class D, std::size_t kMoments>
HWY_INLINE void integrand_rates(D d, const NodeLight& nodes, const NodeRates& rates, std::size_t k,
                                hn::Vec<D> (&m)[kMoments]) {
  const auto u = hn::Add(hn::LoadU(d, nodes.u + k), hn::Set(d, nodes.u0));
  const auto v = hn::Add(hn::LoadU(d, nodes.v + k), hn::Set(d, nodes.v0));
  auto u_rate = u;
  auto v_rate = v;
  move(d, rates.flow, u, v, u_rate, v_rate);
  const auto slope = hn::LoadU(d, nodes.g_s + k);
  const auto slope_rate = hn::LoadU(d, rates.g_s + k);
  const auto by_u = hn::Mul(slope, u_rate);
  const auto by_v = hn::Mul(slope, v_rate);
  m[kFlux] = hn::LoadU(d, rates.g + k);
  for (std::size_t i = kShape; i < kMoments; ++i) {
    m[i] = hn::LoadU(d, rates.g_shapes + (i - kShape) * nodes.shape_stride + k);
  }
  m[kU] = hn::MulAdd(slope_rate, u, by_u);
  m[kV] = hn::MulAdd(slope_rate, v, by_v);
  m[kUU] = hn::Mul(u, hn::Add(m[kU], by_u));
  m[kVV] = hn::Mul(v, hn::Add(m[kV], by_v));
  m[kUV] = hn::MulAdd(m[kU], v, hn::Mul(by_v, u));
}

MomentRates weighted_moment_rates(const NodeLight& nodes, const NodeRates& rates, std::size_t n,
                                  const double* weights) {
  const hn::ScalableTag<double> whole;
  MomentRates result;
  with_moments(nodes.n_shapes, [&](auto moments) HWY_ATTR {
    constexpr std::size_t kMoments = decltype(moments)::value;
    hn::Vec<decltype(whole)> sums[kMoments];
    hn::Vec<decltype(whole)> rate_sums[kMoments];
    for (std::size_t i = 0; i < kMoments; ++i) sums[i] = rate_sums[i] = hn::Zero(whole);
    for_lanes(n, [&](auto d, std::size_t k) HWY_ATTR {
      hn::Vec<decltype(d)> m[kMoments];
      hn::Vec<decltype(d)> r[kMoments];
      integrands(d, nodes, k, m);
      integrand_rates(d, nodes, rates, k, r);
      const auto w = hn::LoadU(d, weights + k);
      for (std::size_t i = 0; i < kMoments; ++i) {
        if constexpr (std::is_same_v<decltype(d), std::remove_const_t<decltype(whole)>>) {
          sums[i] = hn::MulAdd(w, m[i], sums[i]);
          rate_sums[i] = hn::MulAdd(w, r[i], rate_sums[i]);
        } else {
          result.values[i] += hn::GetLane(hn::Mul(w, m[i]));
          result.rates[i] += hn::GetLane(hn::Mul(w, r[i]));
        }
      }
    });
    for (std::size_t i = 0; i < kMoments; ++i) {
      result.values[i] += hn::GetLane(hn::SumOfLanes(whole, sums[i]));
      result.rates[i] += hn::GetLane(hn::SumOfLanes(whole, rate_sums[i]));
    }
  });
  return result;
}

void combine_moment_rates(const NodeLight& nodes, const NodeRates& rates, std::size_t n,
                          const DirectionWeights& weights, double* to) {
  with_moments(nodes.n_shapes, [&](auto moments) HWY_ATTR {
    constexpr std::size_t kMoments = decltype(moments)::value;
    for_lanes(n, [&](auto d, std::size_t k) HWY_ATTR {
      hn::Vec<decltype(d)> m[kMoments];
      hn::Vec<decltype(d)> r[kMoments];
      integrands(d, nodes, k, m);
      integrand_rates(d, nodes, rates, k, r);
      auto sum = hn::Zero(d);
      for (std::size_t i = 0; i < kMoments; ++i) {
        sum = hn::MulAdd(hn::Set(d, weights.of_values[i]), m[i], sum);
        sum = hn::MulAdd(hn::Set(d, weights.of_rates[i]), r[i], sum);
      }
      hn::StoreU(sum, d, to + k);
    });
  });
}

}  // namespace gaxel::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gaxel {

HWY_EXPORT(radius_rates);
HWY_EXPORT(weighted_moment_rates);
HWY_EXPORT(combine_moment_rates);

void radius_rates(const PlaneFlow& flow, const double* u, const double* v, std::size_t n, double u0,
                  double v0, double* to) {
  HWY_DYNAMIC_DISPATCH(radius_rates)(flow, u, v, n, u0, v0, to);
}

MomentRates weighted_moment_rates(const NodeLight& nodes, const NodeRates& rates, std::size_t n,
                                  const double* weights) {
  return HWY_DYNAMIC_DISPATCH(weighted_moment_rates)(nodes, rates, n, weights);
}

void combine_moment_rates(const NodeLight& nodes, const NodeRates& rates, std::size_t n,
                          const DirectionWeights& weights, double* to) {
  HWY_DYNAMIC_DISPATCH(combine_moment_rates)(nodes, rates, n, weights, to);
}

}  // namespace gaxel
#endif  // HWY_ONCE
