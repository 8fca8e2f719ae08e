// The integrals over a cell from which its flux and every derivative follow.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "integrate/ellipse_frame.hpp"

namespace gaxel {

/// Integrals over du dv: of g, of dg/ds times u, v, u^2, v^2, uv, and of dg/dshape.
enum Moment : std::size_t { kFlux, kU, kV, kUU, kVV, kUV, kShape, kNumMoments };

using Moments = std::array<double, kNumMoments>;

/// What the derivatives are taken with respect to, in the order of the elliptical kinds' parameters.
enum class LightParameter { kX, kY, kFlux, kRe, kShape, kQ, kTheta };

/// Coefficients c with d(flux in cell)/d(parameter) = sum_m c[m] moment[m], for total flux `flux`. With s =
/// u^2 + v^2: ds/dp = 2 u du/dp + 2 v dv/dp, and du dv scales as 1 / (q re^2).
inline Moments derivative_weights(const EllipseFrame& f, double flux, LightParameter parameter) {
  Moments c{};
  switch (parameter) {
    case LightParameter::kX:
      c[kU] = -2.0 * flux * f.a;
      c[kV] = -2.0 * flux * f.c;
      break;
    case LightParameter::kY:
      c[kU] = -2.0 * flux * f.b;
      c[kV] = -2.0 * flux * f.d;
      break;
    case LightParameter::kFlux:
      c[kFlux] = 1.0;
      break;
    case LightParameter::kRe:
      c[kFlux] = c[kUU] = c[kVV] = -2.0 * flux / f.re;
      break;
    case LightParameter::kShape:
      c[kShape] = flux;
      break;
    case LightParameter::kQ:
      c[kFlux] = -flux / f.q;
      c[kVV] = -2.0 * flux / f.q;
      break;
    case LightParameter::kTheta:
      c[kUV] = 2.0 * flux * (f.q - 1.0 / f.q);
      break;
  }
  return c;
}

inline double sum_of_products(const Moments& a, const Moments& b) {
  double sum = 0.0;
  for (std::size_t m = 0; m < kNumMoments; ++m) sum += a[m] * b[m];
  return sum;
}

}  // namespace gaxel
