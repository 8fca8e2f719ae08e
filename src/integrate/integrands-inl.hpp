// The integrands of the moments at nodes, in vectors. Included once for each target.
#if defined(GAXEL_INTEGRATE_INTEGRANDS_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef GAXEL_INTEGRATE_INTEGRANDS_INL_HPP
#undef GAXEL_INTEGRATE_INTEGRANDS_INL_HPP
#else
#define GAXEL_INTEGRATE_INTEGRANDS_INL_HPP
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <type_traits>

#include "integrate/node_kernel.hpp"

HWY_BEFORE_NAMESPACE();
namespace gaxel::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// body(number of moments as a constant) for a law of n_shapes shape parameters: moments then stay in
// registers.
template <class Body>
HWY_INLINE void with_moments(std::size_t n_shapes, Body&& body) {
  static_assert(kMaxShapes == 4);
  switch (n_shapes) {
    case 0:
      return body(std::integral_constant<std::size_t, kShape>());
    case 1:
      return body(std::integral_constant<std::size_t, kShape + 1>());
    case 2:
      return body(std::integral_constant<std::size_t, kShape + 2>());
    case 3:
      return body(std::integral_constant<std::size_t, kShape + 3>());
    default:
      return body(std::integral_constant<std::size_t, kShape + 4>());
  }
}

// The integrands of the moments at the nodes from k on, as many as a vector holds.
template <class D, std::size_t kMoments>
HWY_INLINE void integrands(D d, const NodeLight& nodes, std::size_t k, hn::Vec<D> (&m)[kMoments]) {
  const auto u = hn::Add(hn::LoadU(d, nodes.u + k), hn::Set(d, nodes.u0));
  const auto v = hn::Add(hn::LoadU(d, nodes.v + k), hn::Set(d, nodes.v0));
  const auto slope = hn::LoadU(d, nodes.g_s + k);
  m[kFlux] = hn::LoadU(d, nodes.g + k);
  for (std::size_t i = kShape; i < kMoments; ++i) {
    m[i] = hn::LoadU(d, nodes.g_shapes + (i - kShape) * nodes.shape_stride + k);
  }
  m[kU] = hn::Mul(slope, u);
  m[kV] = hn::Mul(slope, v);
  m[kUU] = hn::Mul(m[kU], u);
  m[kVV] = hn::Mul(m[kV], v);
  m[kUV] = hn::Mul(m[kU], v);
}

}  // namespace gaxel::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
