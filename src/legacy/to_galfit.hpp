// Scenes as GALFIT's files.
#pragma once

#include <string>

#include "legacy/scene_source.hpp"

namespace gaxel::legacy {

enum class GalfitDialect {
  kGalfit,
  kGalfitm  ///< with band label and wavelength, x and y on lines of their own
};

/// The file at `path`, with a constraint file and a diffusion kernel beside it where they are needed. What
/// GALFIT cannot say is in the result's losses. Throws InputError where not even an image size is known.
LegacyText to_galfit(const SceneSource& source, const std::string& path, GalfitDialect dialect);

}  // namespace gaxel::legacy
