#include "render/light.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "integrate/component_frame.hpp"
#include "integrate/execute_second.hpp"
#include "integrate/leaf_errors.hpp"
#include "profile/brightness.hpp"
#include "profile/make_law.hpp"

namespace gaxel {

EllipticalLight::EllipticalLight(const Component& component)
    : law(make_law(component)), frame(frame_of(component)), flux(component.value(Role::kFlux)) {
  const ComponentKind& kind = *component.kind;
  if (kind.index_of(Role::kBrightness) < 0) return;
  const FluxPerBrightness ratio = flux_per_brightness(component);
  flux = component.value(Role::kBrightness) * ratio.value;
  for (std::size_t i = 0; i < kind.parameters.size(); ++i) {
    const auto parameter = static_cast<std::size_t>(light_parameter(kind.parameters[i].role));
    d_flux[parameter] = component.value(Role::kBrightness) * ratio.derivatives[i];
  }
  d_flux[static_cast<std::size_t>(LightParameter::kFlux)] = ratio.value;
  brightness_radius = kind.brightness_radius;
}

LightRates EllipticalLight::rates(const LightDirection& direction) const {
  LightRates rates(profile(), direction, {});
  if (std::isnan(brightness_radius)) return rates;
  if (law->n_shapes() > 1) throw std::logic_error("rates of a brightness are those of a law with one shape");
  // The flux is brightness * q re^2 / g, with g at the brightness' radius; in the centre g = 2 G.
  double g = 0.0;
  double g_rate = 0.0;
  double g_shape = 0.0;
  double g_shape_rate = 0.0;
  if (brightness_radius == 0.0) {
    const double s = std::numeric_limits<double>::min();
    law->enclosed_with_rates(&s, 1, rates.shapes.data(), &g, &g_shape, &g_shape_rate);
  } else {
    const double s = brightness_radius * brightness_radius;
    const double at_rest = 0.0;
    double slopes[2];
    law->evaluate_with_rates(&s, &at_rest, 1, rates.shapes.data(), {&g, slopes, &g_shape},
                             {&g_rate, slopes + 1, &g_shape_rate});
  }
  const auto at = [](LightParameter parameter) { return static_cast<std::size_t>(parameter); };
  const double of_re = direction[at(LightParameter::kRe)] / frame.re;
  const double of_q = direction[at(LightParameter::kQ)] / frame.q;
  const double of_shape = -g_shape / g;
  const double of_ratio = of_q + 2.0 * of_re + of_shape * rates.shapes[0];
  const double of_shape_rate = -g_shape_rate / g + of_shape * of_shape * rates.shapes[0];
  FluxSlopes& d = rates.d_flux;
  d[at(LightParameter::kFlux)] = d_flux[at(LightParameter::kFlux)] * of_ratio;
  d[at(LightParameter::kRe)] = 2.0 * (rates.flux - flux * of_re) / frame.re;
  d[at(LightParameter::kQ)] = (rates.flux - flux * of_q) / frame.q;
  d[at(LightParameter::kShape1)] = rates.flux * of_shape + flux * of_shape_rate;
  return rates;
}

Plan EllipticalLight::plan_band(const LightOptions& options, int band) const {
  return prepare(*law, frame, {options.grid, band_of(options.grid, band), options.tolerance, options.shared});
}

bool EllipticalLight::holds(const Plan& plan, const PixelTolerance& tolerance) const {
  return still_holds(plan, *law, frame, tolerance);
}

void render_lights(std::span<const PlannedLight> lights, Write write, ImageView image, ImageView* bound,
                   Certificate& certificate) {
  const bool share = lights.size() > 1;
  const LightOptions& options = lights.front().options;
  for_each_band(options.grid, options.threads, 1, certificate, [&](int i, Tally& tally) {
    const RowBand band = band_of(options.grid, i);
    TileSums sums;
    if (share && write == Write::kReplace) {
      std::fill_n(image.row(band.first_row), Shape{band.n_rows, image.nx()}.size(), 0.0);
    }
    for (const PlannedLight& planned : lights) {
      const BandPlan plan(planned, i);
      const ProfileLight light = planned.light->profile();
      tally.add(*plan);
      if (share) {
        execute_shared(*plan, light, image, sums);
      } else {
        execute(*plan, light, write, image);
      }
      if (bound != nullptr) add_error_bound(*plan, light, *bound);
    }
    sums.expand(band, image);
  });
}

void render_with_derivatives(const PlannedLight& light, std::span<const LightParameter> parameters,
                             Write write, ImageView image, std::span<const ImageView> derivatives,
                             ImageView* bound, Certificate& certificate) {
  for_each_band(light.options.grid, light.options.threads, 1, certificate, [&](int i, Tally& tally) {
    const BandPlan plan(light, i);
    tally.add(*plan);
    execute_with_derivatives(*plan, light.light->profile(), parameters, write, image, derivatives);
    if (bound != nullptr) add_error_bound(*plan, light.light->profile(), *bound);
  });
}

void light_gradient(const PlannedLight& light, std::span<const LightParameter> parameters,
                    ConstImageView cotangent, double* gradient) {
  const int n = n_bands(light.options.grid);
  std::vector<Moments> sums(static_cast<std::size_t>(n));
  parallel_for(n, light.options.threads, [&](int i) {
    const BandPlan plan(light, i);
    sums[static_cast<std::size_t>(i)] = execute_adjoint(*plan, light.light->profile(), cotangent);
  });
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    const Moments weights = derivative_weights(*light.light->law, light.light->frame, light.light->flux,
                                               light.light->d_flux, parameters[p]);
    gradient[p] = 0.0;
    for (const Moments& sum : sums) gradient[p] += sum_of_products(weights, sum);
  }
}

LightParameter light_parameter(Role role) {
  switch (role) {
    case Role::kX:
      return LightParameter::kX;
    case Role::kY:
      return LightParameter::kY;
    case Role::kFlux:
    case Role::kBrightness:
      return LightParameter::kFlux;
    case Role::kRe:
      return LightParameter::kRe;
    case Role::kN:
    case Role::kShape1:
      return LightParameter::kShape1;
    case Role::kShape2:
      return LightParameter::kShape2;
    case Role::kShape3:
      return LightParameter::kShape3;
    case Role::kShape4:
      return LightParameter::kShape4;
    case Role::kQ:
      return LightParameter::kQ;
    case Role::kTheta:
      return LightParameter::kTheta;
    case Role::kShape5:
    case Role::kShape6:
    case Role::kOption:
    case Role::kLevel:
    case Role::kSlopeX:
    case Role::kSlopeY:
    case Role::kCoefficient:
    case Role::kHalfWidth:
    case Role::kHalfHeight:
    case Role::kConstant:
    case Role::kScale:
    case Role::kRotation:
    case Role::kKnot:
    case Role::kSmoothness:
      break;
  }
  throw std::logic_error("not a parameter of an elliptical component");
}

std::vector<LightParameter> light_parameters(std::span<const Role> roles) {
  std::vector<LightParameter> parameters;
  for (const Role role : roles) parameters.push_back(light_parameter(role));
  return parameters;
}

LightDirection light_direction(std::span<const Role> roles, std::span<const double> steps) {
  LightDirection direction{};
  for (std::size_t i = 0; i < steps.size(); ++i) {
    direction[static_cast<std::size_t>(light_parameter(roles[i]))] = steps[i];
  }
  return direction;
}

void add_second_derivative(const PlannedLight& light, const LightRates& rates, const LightDirection& other,
                           ImageView image) {
  const ProfileLight profile = light.light->profile();
  const DirectionWeights weights = direction_weights(profile, rates, other);
  parallel_for(n_bands(light.options.grid), light.options.threads,
               [&](int i) { add_second_derivative(*BandPlan(light, i), profile, rates, weights, image); });
}

void second_light_gradient(const PlannedLight& light, const LightRates& rates,
                           std::span<const LightParameter> parameters, ConstImageView cotangent,
                           double* gradient) {
  const ProfileLight profile = light.light->profile();
  const int n = n_bands(light.options.grid);
  std::vector<MomentRates> sums(static_cast<std::size_t>(n));
  parallel_for(n, light.options.threads, [&](int i) {
    sums[static_cast<std::size_t>(i)] =
        execute_second_adjoint(*BandPlan(light, i), profile, rates, cotangent);
  });
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    gradient[p] = 0.0;
    for (const MomentRates& sum : sums) gradient[p] += second_derivative(profile, rates, parameters[p], sum);
  }
}

}  // namespace gaxel
