// [psf] of a scene.
#pragma once

#include <string>
#include <vector>

#include "gaxel/psf.hpp"
#include "io/scene_image.hpp"

namespace gaxel::io {

/// Reads the PSF into `observation`: an image, a model of PSFEx (recognised by its content), or a grid of
/// images at positions. What is suspicious about it, of one that varies in the middle of the region, and that
/// it is larger than the region, goes to `warnings`. `placement`: of the region in the image. Throws
/// InputError for unknown keys, files that cannot be read, and images that are no PSF.
void read_psf(const TomlTable& table, const std::string& folder, Shape region, const Placement& placement,
              Observation& observation, std::vector<std::string>& warnings);

}  // namespace gaxel::io
