// Constraints of a GALFIT file as bounds and ties of a scene.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "legacy/galfit_constraints.hpp"
#include "legacy/galfit_document.hpp"
#include "legacy/galfit_frame.hpp"
#include "legacy/object_mapper.hpp"

namespace gaxel::legacy {

/// The objects of a file in every band, `in_bands[band][object]`, and as components of a scene.
struct SceneObjects {
  std::vector<SceneObject> objects;
  std::vector<std::vector<MappedObject>> in_bands;
  /// Limits on differences and ratios that the scene has the other way round, as in the file: "1/2 re".
  std::vector<std::string> turned = {};
};

/// Turns limits on one component into bounds and hard couplings into ties. What cannot be said in a scene
/// goes to scene.unused, and as it stands to `kept`. Throws InputError for limits that leave no room.
void apply_constraints(const GalfitDocument& document, const GalfitConstraints& constraints,
                       std::span<const GalfitFrame> frames, SceneObjects& objects, LegacyScene& scene,
                       std::vector<std::string>& kept);

}  // namespace gaxel::legacy
