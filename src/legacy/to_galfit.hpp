// Scenes as GALFIT's files.
#pragma once

#include <string>
#include <vector>

#include "legacy/scene_source.hpp"

namespace gaxel::legacy {

enum class GalfitDialect {
  kGalfit,
  kGalfitm  ///< of any number of bands, with labels and wavelengths; x and y on lines of their own
};

/// The file at `path` of a scene's bands, with a constraint file and a diffusion kernel beside it where they
/// are needed. What GALFIT cannot say is in the result's losses. Throws InputError where not even an image
/// size is known, and for several bands in GALFIT's own dialect.
LegacyText to_galfit(std::vector<SceneSource> sources, const std::string& path, GalfitDialect dialect);

}  // namespace gaxel::legacy
