// The tables that tile-compressed images are stored in.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/cfitsio.hpp"
#include "io/fits_name.hpp"

namespace gaxel::io {

/// What keeps CFITSIO from unpacking a section of the compressed image at which `file` stands, looked at
/// before it takes memory for it: tiles of more than `most_pixels`, other than so many as the image takes,
/// and of those that the section touches ones that are longer than `most_bytes`, lie outside of the table's
/// heap, or that cannot be unpacked without reading beyond their end or writing beyond the tile. Empty where
/// nothing does. `known`: tiles that were found to be sound, kept from one section to the next. The caller
/// holds CFITSIO's lock.
std::string tile_problem(fitsfile* file, const Section& section, std::int64_t most_pixels,
                         std::int64_t most_bytes, std::vector<bool>& known);

}  // namespace gaxel::io
