// Surface brightness in place of flux.
#pragma once

#include <cstddef>
#include <vector>

#include "gaxel/component.hpp"
#include "profile/surface_law.hpp"

namespace gaxel {

/// The shape parameters of a component as its law takes them, and what they depend on.
struct LawShapes {
  std::vector<double> values;
  std::vector<double> derivatives;  ///< (values.size(), parameters of the component)
};

/// A parameter of a component that its law takes, times a power of the scale radius: lengths are in units of
/// it.
struct LawParameter {
  std::size_t index;
  int power;
};

/// In the law's order.
std::vector<LawParameter> law_parameters(const ComponentKind& kind);

LawShapes law_shapes(const Component& component);

/// Total flux over the surface brightness of a component of Family::kElliptical that has the latter, and its
/// derivatives with respect to each of the component's parameters.
struct FluxPerBrightness {
  double value;
  std::vector<double> derivatives;
};

FluxPerBrightness flux_per_brightness(const Component& component);

}  // namespace gaxel
