// Unconvolved light of elliptical components on a grid.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "gaxel/component.hpp"
#include "gaxel/render.hpp"
#include "integrate/execute.hpp"
#include "integrate/light_rates.hpp"
#include "integrate/plan.hpp"
#include "render/light_plan.hpp"

namespace gaxel {

/// A component of Family::kElliptical, ready to be integrated.
struct EllipticalLight {
  using Plan = gaxel::Plan;

  std::unique_ptr<RadialLaw> law;
  EllipseFrame frame;
  double flux;
  FluxSlopes d_flux = kOwnFlux;
  /// Where the surface brightness is given that the flux follows from, in scale radii; NaN: the flux is.
  double brightness_radius = kNoValue;

  explicit EllipticalLight(const Component& component);

  ProfileLight profile() const { return {*law, frame, flux, d_flux}; }
  /// What it changes by along a direction; of a law that has_rates().
  LightRates rates(const LightDirection& direction) const;

  Plan plan_band(const LightOptions& options, int band) const;
  bool holds(const Plan& plan, const PixelTolerance& tolerance) const;
};

using LightPlan = PlanOf<EllipticalLight>;
using SharedLightPlan = SharedPlanOf<EllipticalLight>;
using PlannedLight = PlannedOf<EllipticalLight>;

/// Writes the lights, all on one grid, to `image` (the grid's shape). Works on bands of rows in parallel; the
/// result does not depend on the number of threads. With `bound`, adds each pixel's error bound to it.
void render_lights(std::span<const PlannedLight> lights, Write write, ImageView image, ImageView* bound,
                   Certificate& certificate);

/// The same for one light, with its derivatives with respect to `parameters` in the images `derivatives`, in
/// place of what was there.
void render_with_derivatives(const PlannedLight& light, std::span<const LightParameter> parameters,
                             Write write, ImageView image, std::span<const ImageView> derivatives,
                             ImageView* bound, Certificate& certificate);

/// Writes to `gradient`, for each of `parameters`, the sum over the pixels of cotangent * derivative. `plan`
/// may be null. The bands' sums are added in order: the result does not depend on the number of threads.
void light_gradient(const PlannedLight& light, std::span<const LightParameter> parameters,
                    ConstImageView cotangent, double* gradient);

/// What a parameter of an elliptical kind means to the integration.
LightParameter light_parameter(Role role);
std::vector<LightParameter> light_parameters(std::span<const Role> roles);
/// The direction in which each of those parameters changes by its step; at rest without steps.
LightDirection light_direction(std::span<const Role> roles, std::span<const double> steps);

/// Adds the second derivative along the rates' direction and `other` to `image` (the grid's shape).
void add_second_derivative(const PlannedLight& light, const LightRates& rates, const LightDirection& other,
                           ImageView image);

/// Writes to `gradient`, for each of `parameters`, the sum over the pixels of cotangent * its derivative
/// along the rates' direction.
void second_light_gradient(const PlannedLight& light, const LightRates& rates,
                           std::span<const LightParameter> parameters, ConstImageView cotangent,
                           double* gradient);

}  // namespace gaxel
