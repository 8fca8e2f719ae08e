// Objects of GALFIT's as components of a scene.
#pragma once

#include <vector>

#include "legacy/galfit_constraints.hpp"
#include "legacy/galfit_document.hpp"
#include "legacy/galfit_frame.hpp"
#include "legacy/object_mapper.hpp"
#include "legacy/scene_text.hpp"

namespace gaxel::legacy {

/// One component for each object, called by its number and type. Limits of the constraints become bounds.
/// q > 1 is read as swapped axes. Throws InputError for rows that are missing, and for what no kind of gaxel
/// is; what is left out goes to scene.losses, what was assumed to scene.notes and scene.warnings.
/// `constraints` may be null; those that are no bounds go to scene.unused, and as they stand to `kept`.
std::vector<MappedObject> scene_objects(const GalfitDocument& document, const GalfitConstraints* constraints,
                                        const GalfitFrame& frame, LegacyScene& scene,
                                        std::vector<std::string>& kept);

}  // namespace gaxel::legacy
