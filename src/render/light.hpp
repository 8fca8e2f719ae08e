// Unconvolved light of elliptical components on a grid.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "gaxel/component.hpp"
#include "gaxel/render.hpp"
#include "integrate/execute.hpp"

namespace gaxel {

/// A component of Family::kElliptical, ready to be integrated.
struct EllipticalLight {
  std::unique_ptr<RadialLaw> law;
  EllipseFrame frame;
  double flux;

  explicit EllipticalLight(const Component& component);
};

/// How lights are rendered.
struct LightOptions {
  Grid grid;
  Tolerance tolerance;
  int threads;
};

/// Adds the lights to `image` (the grid's shape). Works on bands of rows in parallel; the result does not
/// depend on the number of threads. With `bound`, adds each pixel's error bound to it.
void render_lights(std::span<const EllipticalLight> lights, const LightOptions& options, ImageView image,
                   ImageView* bound, Certificate& certificate);

/// The same for one light, with its derivatives with respect to `parameters` in the images `derivatives`, in
/// place of what was there.
void render_with_derivatives(const EllipticalLight& light, const LightOptions& options,
                             std::span<const LightParameter> parameters, ImageView image,
                             std::span<const ImageView> derivatives, ImageView* bound,
                             Certificate& certificate);

/// What a parameter of an elliptical kind means to the integration.
LightParameter light_parameter(Role role);

}  // namespace gaxel
