// PSF models written by PSFEx (Bertin 2011, ASPC 442, 435).
#pragma once

#include <string>

#include "gaxel/varying_psf.hpp"
#include "io/convention.hpp"

namespace gaxel::io {

/// Whether a FITS file holds the table that makes it a PSFEx model. Throws InputError when it cannot be read
/// as FITS.
bool is_psfex_file(const std::string& path);

/// Reads the first row of the table PSF_DATA: an image for each term of a polynomial in the position, which
/// PSFEx counts in FITS pixels. Terms follow each other with the power of the first axis rising fastest; the
/// powers of all axes in a group (POLGRPi) add up to its degree (POLDEGg) at most. The image's pixels are
/// PSF_SAMP data pixels wide, its centre is that of the middle pixel, and it holds the data pixel.
///
/// `placement`: where the task's pixels lie in the image that the model was made for. Throws InputError
/// (source = path, key = the keyword) for keywords that are missing or out of range, a polynomial in anything
/// but X_IMAGE and Y_IMAGE, and sizes that disagree.
VaryingPsf read_psfex(const std::string& path, const Placement& placement);

}  // namespace gaxel::io
