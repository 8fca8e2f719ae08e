// The standard deviation of each pixel, from whatever the user has.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gaxel/fit.hpp"
#include "io/scene_image.hpp"

namespace gaxel::io {

/// Throws InputError for unknown keys, and for keys of [noise] that contradict each other or are not enough.
void check_noise_keys(const TomlTable& noise);

/// Sigma in counts, of the shape of `data` (that of the region). Entries that cannot be a standard deviation
/// (zero, negative, not finite) are left as they are; see mask_bad_sigma. Where it is made from `gain` and
/// `sky`, a pixel has at least `least_electrons`. Throws InputError as check_noise_keys does, and for files
/// that cannot be read.
Image read_sigma(const TomlTable& noise, const std::string& folder, const Region& region, ConstImageView data,
                 double least_electrons = 0.0);

/// The keys `gain`, `read_noise` and `sky`, for `likelihood`. Throws InputError where they are not what tells
/// the noise.
CountNoise read_counts(const TomlTable& noise, Likelihood likelihood);

/// Says in `notes` what `likelihood` makes of pixels with less than no electron, and in `warnings` where
/// these are so many that the sky must be missing; and what `gain` is where the header's BUNIT is a rate.
void check_photons(const Observation& observation, Likelihood likelihood, const HeaderCards& header,
                   std::vector<std::string>& notes, std::vector<std::string>& warnings);

/// Masks the pixels whose sigma is not a positive, finite number, and says in `notes` how many of which kind.
/// Throws InputError when no pixel is left, and when a sigma made from gain is zero: those pixels are the
/// low ones.
void mask_bad_sigma(const TomlTable& noise, ConstImageView sigma, std::vector<std::uint8_t>& used,
                    std::vector<std::string>& notes);

}  // namespace gaxel::io
