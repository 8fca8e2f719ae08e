// Objects of GALFIT's as components of a scene.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "legacy/galfit_constraints.hpp"
#include "legacy/galfit_document.hpp"
#include "legacy/galfit_frame.hpp"
#include "legacy/galfit_limits.hpp"
#include "legacy/object_mapper.hpp"
#include "legacy/scene_text.hpp"

namespace gaxel::legacy {

/// One component for each object, called by its number and type, from the file as it is in the bands of
/// `frames`. Limits of the constraints become bounds, hard couplings ties. q > 1 is read as swapped axes.
/// Throws InputError for rows that are missing, and for what no kind of gaxel is; what is left out goes to
/// scene.losses, what was assumed to scene.notes and scene.warnings. `constraints` may be null; those that
/// scenes have not go to scene.unused, and as they stand to `kept`.
SceneObjects scene_objects(const GalfitDocument& document, const GalfitConstraints* constraints,
                           std::span<const GalfitFrame> frames, LegacyScene& scene,
                           std::vector<std::string>& kept);

}  // namespace gaxel::legacy
