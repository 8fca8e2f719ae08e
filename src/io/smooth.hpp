// Images smoothed by a Gaussian.
#pragma once

#include "gaxel/image.hpp"

namespace gaxel::io {

/// The mean around each pixel with the weights of a Gaussian of standard deviation `sigma`, pixels, out to
/// four of these, over the pixels that are finite. A pixel without any such stays as it is.
Image smoothed(ConstImageView image, double sigma);

}  // namespace gaxel::io
