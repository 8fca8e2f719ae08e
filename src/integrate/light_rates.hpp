// Second derivatives of a profile's light: what everything that first derivatives are made of changes by
// along a direction of the parameters (docs/math/pixels.md, "Second derivatives").
#pragma once

#include "integrate/execute.hpp"
#include "integrate/moments.hpp"

namespace gaxel {

/// A direction: how much each LightParameter changes per step.
using LightDirection = std::array<double, kLightParameters>;

/// How places that are fixed in the image move in the (u, v) plane: per step u changes by u_0 + u_u u + u_v
/// v, v by v_0 + v_u u + v_v v.
struct PlaneFlow {
  double u_0 = 0.0;
  double u_u = 0.0;
  double u_v = 0.0;
  double v_0 = 0.0;
  double v_u = 0.0;
  double v_v = 0.0;

  double u_rate(double u, double v) const { return u_0 + u_u * u + u_v * v; }
  double v_rate(double u, double v) const { return v_0 + v_u * u + v_v * v; }
};

/// What a profile changes by per step along a direction. Its law has_rates(), and its shape parameters are
/// pure numbers.
struct LightRates {
  LightDirection direction;
  PlaneFlow flow;
  double log_area;                        ///< of ln(du dv / dx dy)
  double flux;                            ///< of the total flux
  FluxSlopes d_flux;                      ///< of ProfileLight::d_flux
  std::array<double, kMaxShapes> shapes;  ///< of the law's shape parameters

  /// `d_flux_rates`: what ProfileLight::d_flux changes by; zero for a profile whose flux is a parameter.
  LightRates(const ProfileLight& light, const LightDirection& along, const FluxSlopes& d_flux_rates);
};

/// Moments of a cell, and their rates at places that are fixed in the image: without what du dv changes by.
struct MomentRates {
  Moments values{};
  Moments rates{};
};

/// The derivative to `parameter` is area * sum_m w[m] mean of integrand m, w = derivative_weights. Per step
/// it changes by area * (sum_m w[m] rate of mean m + of[m] mean m); these are the coefficients `of`.
Moments derivative_weight_rates(const ProfileLight& light, const LightRates& rates, LightParameter parameter);

/// The derivative to `parameter` of the derivative along the rates' direction.
double second_derivative(const ProfileLight& light, const LightRates& rates, LightParameter parameter,
                         const MomentRates& moments);

/// sum over the parameters of direction * their derivative_weights, and of derivative_weight_rates.
struct DirectionWeights {
  Moments of_rates{};
  Moments of_values{};
};
DirectionWeights direction_weights(const ProfileLight& light, const LightRates& rates,
                                   const LightDirection& other);

}  // namespace gaxel
