// A scene: components whose parameters may be free, fixed, bounded, or still to be estimated.
#pragma once

#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "gaxel/component.hpp"

namespace gaxel {

/// A parameter of a component in a scene, in gaxel's inner units.
struct Parameter {
  double value = std::numeric_limits<double>::quiet_NaN();  ///< NaN: to be estimated from the image
  bool free = true;
  double min = -std::numeric_limits<double>::infinity();  ///< bounds of the fit, inside the kind's range
  double max = std::numeric_limits<double>::infinity();
};

struct SceneComponent {
  const ComponentKind* kind = nullptr;
  std::string name;                   ///< unique in the scene
  std::vector<Parameter> parameters;  ///< in the kind's order
  /// The flux was given as a magnitude: it is positive, fitted in its logarithm and reported as a magnitude.
  bool flux_is_magnitude = false;
  int psf = 0;  ///< as Component::psf
  /// Which components of the scene, truncations, cut this one's light inside, and outside.
  std::vector<std::size_t> inner = {};
  std::vector<std::size_t> outer = {};
  std::shared_ptr<const LightImage> image = nullptr;  ///< as Component::image
  /// Where the image was read from, for scenes that are written: absolute path, extension and section.
  std::string image_file = {};

  Parameter& parameter(Role role);
  const Parameter& parameter(Role role) const;
};

struct Scene {
  std::vector<SceneComponent> components;

  /// Values as components for the renderer. Every value must be set.
  std::vector<Component> render_list() const;
  int n_free() const;
};

/// Throws InputError (source = `where`, key "component.parameter") for values or bounds outside the kind's
/// range, min >= max, a start outside its bounds, or no components. Values that are NaN (to be estimated)
/// pass.
void validate(const Scene& scene, const std::string& where);

}  // namespace gaxel
