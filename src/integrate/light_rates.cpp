#include "integrate/light_rates.hpp"

namespace gaxel {
namespace {

double along(const LightDirection& direction, LightParameter parameter) {
  return direction[static_cast<std::size_t>(parameter)];
}

// Rates of the frame's coefficients a, b, c, d.
struct AxisRates {
  double a;
  double b;
  double c;
  double d;

  AxisRates(const EllipseFrame& f, const LightDirection& direction) {
    const double of_re = along(direction, LightParameter::kRe) / f.re;
    const double of_minor = of_re + along(direction, LightParameter::kQ) / f.q;
    const double turn = along(direction, LightParameter::kTheta);
    a = -of_re * f.a - turn * f.b;
    b = -of_re * f.b + turn * f.a;
    c = -of_minor * f.c - turn * f.d;
    d = -of_minor * f.d + turn * f.c;
  }
};

}  // namespace

LightRates::LightRates(const ProfileLight& light, const LightDirection& along_direction,
                       const FluxSlopes& d_flux_rates)
    : direction(along_direction), flux(0.0), d_flux(d_flux_rates), shapes{} {
  const EllipseFrame& f = light.frame;
  const double x = along(direction, LightParameter::kX);
  const double y = along(direction, LightParameter::kY);
  const double of_re = along(direction, LightParameter::kRe) / f.re;
  const double of_q = along(direction, LightParameter::kQ) / f.q;
  const double turn = along(direction, LightParameter::kTheta);
  flow = {-f.a * x - f.b * y, -of_re, turn * f.q, -f.c * x - f.d * y, -turn / f.q, -of_re - of_q};
  log_area = -2.0 * of_re - of_q;
  for (std::size_t p = 0; p < kLightParameters; ++p) flux += light.d_flux[p] * direction[p];
  for (std::size_t k = 0; k < kMaxShapes; ++k) {
    shapes[k] = direction[static_cast<std::size_t>(LightParameter::kShape1) + k];
  }
}

Moments derivative_weight_rates(const ProfileLight& light, const LightRates& rates,
                                LightParameter parameter) {
  const EllipseFrame& f = light.frame;
  const AxisRates axes(f, rates.direction);
  const double flux = light.flux;
  const double re_rate = along(rates.direction, LightParameter::kRe);
  const double q_rate = along(rates.direction, LightParameter::kQ);
  Moments c{};
  switch (parameter) {
    case LightParameter::kX:
      c[kU] = -2.0 * (rates.flux * f.a + flux * axes.a);
      c[kV] = -2.0 * (rates.flux * f.c + flux * axes.c);
      break;
    case LightParameter::kY:
      c[kU] = -2.0 * (rates.flux * f.b + flux * axes.b);
      c[kV] = -2.0 * (rates.flux * f.d + flux * axes.d);
      break;
    case LightParameter::kFlux:
      break;
    case LightParameter::kRe:
      c[kFlux] = c[kUU] = c[kVV] = -2.0 * (rates.flux - flux * re_rate / f.re) / f.re;
      break;
    case LightParameter::kQ: {
      const double per_q = (rates.flux - flux * q_rate / f.q) / f.q;
      c[kFlux] = -per_q;
      c[kVV] = -2.0 * per_q;
      break;
    }
    case LightParameter::kTheta:
      c[kUV] = 2.0 * (rates.flux * (f.q - 1.0 / f.q) + flux * q_rate * (1.0 + 1.0 / (f.q * f.q)));
      break;
    case LightParameter::kShape1:
    case LightParameter::kShape2:
    case LightParameter::kShape3:
    case LightParameter::kShape4:
      c[kShape + static_cast<std::size_t>(parameter) - static_cast<std::size_t>(LightParameter::kShape1)] =
          rates.flux;
      break;
  }
  c[kFlux] += rates.d_flux[static_cast<std::size_t>(parameter)];
  const Moments weights = derivative_weights(light.law, f, flux, light.d_flux, parameter);
  for (std::size_t m = 0; m < kMaxMoments; ++m) c[m] += rates.log_area * weights[m];
  return c;
}

double second_derivative(const ProfileLight& light, const LightRates& rates, LightParameter parameter,
                         const MomentRates& moments) {
  const Moments weights = derivative_weights(light.law, light.frame, light.flux, light.d_flux, parameter);
  return sum_of_products(weights, moments.rates) +
         sum_of_products(derivative_weight_rates(light, rates, parameter), moments.values);
}

DirectionWeights direction_weights(const ProfileLight& light, const LightRates& rates,
                                   const LightDirection& other) {
  DirectionWeights sum;
  for (std::size_t p = 0; p < kLightParameters; ++p) {
    if (other[p] == 0.0) continue;
    const auto parameter = static_cast<LightParameter>(p);
    const Moments weights = derivative_weights(light.law, light.frame, light.flux, light.d_flux, parameter);
    const Moments weight_rates = derivative_weight_rates(light, rates, parameter);
    for (std::size_t m = 0; m < kMaxMoments; ++m) {
      sum.of_rates[m] += other[p] * weights[m];
      sum.of_values[m] += other[p] * weight_rates[m];
    }
  }
  return sum;
}

}  // namespace gaxel
