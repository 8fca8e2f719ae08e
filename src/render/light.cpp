#include "render/light.hpp"

#include <algorithm>
#include <stdexcept>

#include "integrate/component_frame.hpp"
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
    const Band band = band_of(options.grid, i);
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

}  // namespace gaxel
