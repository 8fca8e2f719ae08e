// The ends of samples and drawings through a PSF that rings.
#pragma once

#include <vector>

#include "gaxel/psf.hpp"

namespace gaxel {

/// Pixels in which light fades away: the taper that is 26 / 10 radians per pixel wide in frequency
/// (core_window.hpp).
inline constexpr int kFadingMargin = 20;

/// Whether the response, cut at the end of its band, spreads light beyond the PSF's reach: there light must
/// not end abruptly.
bool rings(const Psf& psf);

/// n numbers: 1 but for `margin` of them at both ends, where they fall to nothing.
std::vector<double> fading(int n, int margin);

}  // namespace gaxel
