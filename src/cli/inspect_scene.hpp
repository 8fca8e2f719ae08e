// A scene file as gaxel understands it.
#pragma once

#include <string>

#include "legacy/imfit_scene.hpp"

namespace gaxel::cli {

/// Prints what a fit of the scene would use and start from. Throws InputError when it serves neither for a
/// fit nor for a render. `inputs` belong to a configuration of Imfit's.
void inspect_scene(const std::string& file, const legacy::ImfitInputs& inputs);

}  // namespace gaxel::cli
