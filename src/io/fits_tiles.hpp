// The tables that tile-compressed images are stored in.
#pragma once

#include <cstdint>
#include <string>

#include "io/cfitsio.hpp"

namespace gaxel::io {

/// What is wrong with the compressed image at which `file` stands, before CFITSIO takes memory for it and
/// unpacks it without a look at where packed bytes end: tiles of more than `most_pixels`, other than so many
/// as the image takes, packed tiles that are longer than `most_bytes`, lie outside of the table's heap, or
/// cannot be unpacked to the pixels of their tile. Empty where nothing is wrong. The caller holds CFITSIO's
/// lock.
std::string tile_problem(fitsfile* file, std::int64_t most_pixels, std::int64_t most_bytes);

}  // namespace gaxel::io
