// Scenes as Imfit's configurations.
#pragma once

#include <string>

#include "legacy/scene_source.hpp"

namespace gaxel::legacy {

/// The configuration; files and conventions that Imfit's command line takes are told in a comment at its
/// top. What Imfit cannot say is in the result's losses.
LegacyText to_imfit(const SceneSource& source);

}  // namespace gaxel::legacy
