// A scene file as gaxel understands it.
#pragma once

#include <string>

#include "legacy/load.hpp"

namespace gaxel::cli {

/// Prints what a fit of the scene would use and start from. Throws InputError when it serves neither for a
/// fit nor for a render. `options` belong to files of other programs.
void inspect_scene(const std::string& file, const legacy::LegacyOptions& options);

}  // namespace gaxel::cli
