// The tables that tile-compressed images are stored in.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/cfitsio.hpp"

namespace gaxel::io {

/// What cannot be in the table behind a compressed image of these axes, at which `file` stands, before
/// CFITSIO takes memory for it: tiles of more than `most_pixels`, other than so many as the image
/// takes, packed tiles that are longer than
/// `most_bytes`, lie outside of the table's heap, or are to be gzipped and are not to their end. Empty where
/// nothing is wrong. The caller holds CFITSIO's lock.
std::string tile_problem(fitsfile* file, const std::vector<std::int64_t>& axes, std::int64_t most_pixels,
                         std::int64_t most_bytes);

}  // namespace gaxel::io
