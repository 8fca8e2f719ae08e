// [psf] of a scene.
#pragma once

#include <string>
#include <vector>

#include "gaxel/psf.hpp"
#include "io/scene_image.hpp"

namespace gaxel::io {

/// Reads the PSF. What is suspicious about it, also that it is larger than the region, goes to `warnings`.
/// Throws InputError for unknown keys, files that cannot be read, and images that are no PSF.
Psf read_psf(const TomlTable& table, const std::string& folder, Shape region,
             std::vector<std::string>& warnings);

}  // namespace gaxel::io
