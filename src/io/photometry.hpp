// Zero points: from the scene, or from headers whose unit fixes them.
#pragma once

#include <string>
#include <vector>

#include "io/fits_file.hpp"
#include "io/toml_table.hpp"

namespace gaxel::io {

/// AB zero point of an image in MJy/sr whose pixels cover `pixel_sr` steradian: the magnitude of one MJy/sr
/// in one pixel, for 0 mag = 3631 Jy.
double zeropoint_of_mjy_per_sr(double pixel_sr);

/// `zeropoint` and `exptime` of [image]. Without a zeropoint it is derived from BUNIT = MJy/sr and PIXAR_SR
/// of the headers (the image's first, then the primary one) where they stand, and a note says so; a note also
/// tells when the header's EXPTIME is not the exptime that is used. Throws InputError for an exptime other
/// than 1 with a derived zero point.
Photometry read_photometry(const TomlTable& image, const std::vector<HeaderCards>& headers,
                           std::vector<std::string>& notes);

}  // namespace gaxel::io
