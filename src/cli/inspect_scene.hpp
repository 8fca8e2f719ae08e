// A scene file as gaxel understands it.
#pragma once

#include <string>

namespace gaxel::cli {

/// Prints what a fit of the scene would use and start from. Throws InputError when it serves neither for a
/// fit nor for a render.
void inspect_scene(const std::string& file);

}  // namespace gaxel::cli
