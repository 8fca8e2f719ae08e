// The sky of an image as GALFIT estimates it.
#pragma once

#include "gaxel/image.hpp"

namespace gaxel::legacy {

struct SkyLevel {
  double level = 0.0;  ///< median
  double rms = 0.0;    ///< standard deviation
};

/// Of the finite pixels without the lowest and the highest 20 percent; the deviation of those that are left
/// is that of a Gaussian cut in the same way. Good where at least 60 percent of the pixels hold no source.
/// Throws InputError when no pixel is finite.
SkyLevel sky_level(ConstImageView pixels);

}  // namespace gaxel::legacy
