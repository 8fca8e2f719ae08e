// The standard deviation of each pixel, from whatever the user has.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/scene_image.hpp"

namespace gaxel::io {

/// Throws InputError for unknown keys, and for keys of [noise] that contradict each other or are not enough.
void check_noise_keys(const TomlTable& noise);

/// Sigma in counts, of the shape of `data` (that of the region). Entries that cannot be a standard deviation
/// (zero, negative, not finite) are left as they are; see mask_bad_sigma. Throws InputError as
/// check_noise_keys does, and for files that cannot be read.
Image read_sigma(const TomlTable& noise, const std::string& folder, const Region& region,
                 ConstImageView data);

/// Masks the pixels whose sigma is not a positive, finite number, and says in `notes` how many of which kind.
/// Throws InputError when no pixel is left, and when a sigma made from gain is zero: those pixels are the
/// low ones.
void mask_bad_sigma(const TomlTable& noise, ConstImageView sigma, std::vector<std::uint8_t>& used,
                    std::vector<std::string>& notes);

}  // namespace gaxel::io
