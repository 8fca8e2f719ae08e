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
class EllipticalLight {
 public:
  explicit EllipticalLight(const Component& component);

  /// Adds the light to `image` (the grid's shape), and its derivatives with respect to `parameters` to the
  /// images `derivatives`. Works on bands of rows in parallel; the result does not depend on the number of
  /// threads. With `bound`, adds each pixel's error bound to it.
  void render(const Grid& grid, const Tolerance& tolerance, int threads, ImageView image,
              std::span<const LightParameter> parameters, std::span<const ImageView> derivatives,
              ImageView* bound, Certificate& certificate) const;

  double flux() const { return flux_; }

 private:
  std::unique_ptr<RadialLaw> law_;
  EllipseFrame frame_;
  double flux_;
};

/// What a parameter of an elliptical kind means to the integration.
LightParameter light_parameter(Role role);

}  // namespace gaxel
