// What an image's header tells about its light and scale.
#pragma once

#include <optional>

#include "io/task.hpp"

namespace gaxel::io {

/// Side of a pixel in arcsec: the square root of a pixel's area on the sky by the linear part of the WCS (CD
/// matrix, or PC matrix and CDELT). Empty without celestial axes.
std::optional<double> pixel_scale_arcsec(const HeaderCards& header);

/// That which the scene states, else the header's.
std::optional<double> pixel_scale_arcsec(const TaskImage& image);

/// AB magnitude of one count a second by PHOTFLAM (erg/s/cm^2/Angstrom) and PHOTPLAM (pivot wavelength,
/// Angstrom), as the HST handbooks define it; or of one pixel of 1 MJy/sr by PIXAR_SR (sr). Empty without
/// these.
std::optional<double> ab_zeropoint(const HeaderCards& header);

}  // namespace gaxel::io
