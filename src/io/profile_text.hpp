// A profile on one line, for command lines: "sersic,flux=1000,re=8,n=4,q=0.6,pa=30".
#pragma once

#include <string>
#include <vector>

#include "gaxel/component.hpp"
#include "gaxel/image.hpp"

namespace gaxel::io {

/// The galaxy of the study of pixel integration, in place of a kind and its keys: flux 1000, re 10^0.9
/// pixels, n 10^0.7, q 0.1, theta 0.1 rad, its centre (0.2, 0.3) pixels from the middle of the image.
inline constexpr const char* kSeedProfile = "seed";

/// Reads an elliptical kind and key=value pairs, separated by commas, in the keys and conventions of scene
/// files (FITS pixels, pa in degrees from +y; mag goes with zeropoint), or kSeedProfile. What is not given:
/// x, y the middle of the image, flux 1000, q 1, pa 0; sizes and shapes have no such value. Throws InputError
/// (source = `source`) for unknown kinds and keys (with the nearest), keys given twice or not at all, what is
/// no number or out of range, and a flux of 0. A centre outside the image is told of in `warnings`.
Component read_profile(const std::string& source, const std::string& text, Shape shape,
                       std::vector<std::string>& warnings);

}  // namespace gaxel::io
