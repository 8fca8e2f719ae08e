// The integrals over a cell from which its flux and every derivative follow.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "integrate/ellipse_frame.hpp"
#include "profile/radial_law.hpp"

namespace gaxel {

/// Integrals over du dv: of g, of dg/ds times u, v, u^2, v^2, uv, and, from kShape on, of dg/dshape for each
/// shape parameter of the law.
enum Moment : std::size_t { kFlux, kU, kV, kUU, kVV, kUV, kShape, kMaxMoments = kShape + kMaxShapes };

/// Zero beyond those that the law has.
using Moments = std::array<double, kMaxMoments>;

inline std::size_t n_moments(const RadialLaw& law) {
  return kShape + law.n_shapes();
}

/// What the derivatives are taken with respect to; kRe is the scale radius, kShape1 the law's first shape
/// parameter.
enum class LightParameter { kX, kY, kFlux, kRe, kQ, kTheta, kShape1, kShape2, kShape3, kShape4 };

inline constexpr std::size_t kLightParameters = 10;

/// Derivatives of the total flux with respect to each LightParameter.
using FluxSlopes = std::array<double, kLightParameters>;

/// Of a profile whose flux is a parameter by itself.
inline constexpr FluxSlopes kOwnFlux{0.0, 0.0, 1.0};

/// Coefficients c with d(flux in cell)/d(parameter) = sum_m c[m] moment[m], for total flux `flux`. With s =
/// u^2 + v^2: ds/dp = 2 u du/dp + 2 v dv/dp, and du dv scales as 1 / (q re^2). A shape parameter that is a
/// radius in pixels is shape = radius / re to the law.
inline Moments derivative_weights(const RadialLaw& law, const EllipseFrame& f, double flux,
                                  const FluxSlopes& d_flux, LightParameter parameter) {
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
      break;
    case LightParameter::kRe:
      c[kFlux] = c[kUU] = c[kVV] = -2.0 * flux / f.re;
      for (std::size_t k = 0; k < law.n_shapes(); ++k) c[kShape + k] = -flux * law.shape_radius(k) / f.re;
      break;
    case LightParameter::kQ:
      c[kFlux] = -flux / f.q;
      c[kVV] = -2.0 * flux / f.q;
      break;
    case LightParameter::kTheta:
      c[kUV] = 2.0 * flux * (f.q - 1.0 / f.q);
      break;
    case LightParameter::kShape1:
    case LightParameter::kShape2:
    case LightParameter::kShape3:
    case LightParameter::kShape4: {
      const auto k = static_cast<std::size_t>(parameter) - static_cast<std::size_t>(LightParameter::kShape1);
      c[kShape + k] = law.shape_radius(k) > 0.0 ? flux / f.re : flux;
      break;
    }
  }
  c[kFlux] += d_flux[static_cast<std::size_t>(parameter)];
  return c;
}

inline double sum_of_products(const Moments& a, const Moments& b) {
  double sum = 0.0;
  for (std::size_t m = 0; m < kMaxMoments; ++m) sum += a[m] * b[m];
  return sum;
}

}  // namespace gaxel
