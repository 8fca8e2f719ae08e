// Which pixels are left out of a fit.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/scene_image.hpp"

namespace gaxel::io {

/// Throws InputError for unknown keys of [mask] and for keys that miss their partner.
void check_mask_keys(const TomlTable& mask);

/// Masks in `used` (region's pixels, row-major) what the files of [mask] tell to, and says how much in
/// `notes`; what looks like a mask read the wrong way round goes to `warnings`. Throws InputError when no
/// pixel is left.
void apply_mask(const TomlTable& mask, const std::string& folder, const Region& region,
                std::vector<std::uint8_t>& used, std::vector<std::string>& notes,
                std::vector<std::string>& warnings);

}  // namespace gaxel::io
