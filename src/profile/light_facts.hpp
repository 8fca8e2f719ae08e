// What astronomers ask of a component's light beyond its parameters: flux, half-light radius, surface
// brightnesses, with their derivatives.
#pragma once

#include <optional>

#include "gaxel/component.hpp"
#include "math/graded.hpp"

namespace gaxel {

/// Of the light before the PSF; gradients over the component's own values, in their order. Pixels and counts.
/// Isophotes are those of the component's shape, of self-similar form; what has none, or nothing of the kind,
/// stays empty.
struct LightFacts {
  std::optional<Graded> flux;               ///< total, out to infinity
  std::optional<Graded> half_light_radius;  ///< of the isophote with half of the flux, along the major axis
  std::optional<Graded> circular_radius;    ///< of the circle of the same area: r sqrt(q) of an ellipse
  std::optional<Graded> half_light_intensity;  ///< surface brightness on that isophote
  std::optional<Graded> mean_intensity;        ///< mean inside it
  std::optional<Graded> central_intensity;     ///< where it is finite
};

/// Of a valid component. Empty for skies, truncations, what is cut by truncations (whose flux has no closed
/// form); of light that is a sum, an image or a point only the flux. Relative errors below 1e-9.
LightFacts light_facts(const Component& component);

}  // namespace gaxel
