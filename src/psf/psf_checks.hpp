// What in a PSF's image looks like a mistake.
#pragma once

#include <string>
#include <vector>

#include "gaxel/image.hpp"

namespace gaxel {

/// Where the light of the brightest peak is centred, 0-based pixels of `kernel`.
struct Centroid {
  double x = 0.0;
  double y = 0.0;
};

/// First moments of the light above the border's median inside a circle of three half-widths at half maximum
/// (2 pixels or more) around the brightest pixel, the circle moved along until it is centred on them. Far
/// wings and noise at the border do not count. `kernel` is not empty.
Centroid peak_centroid(ConstImageView kernel);

/// The median of the outermost pixels.
double border_median(ConstImageView kernel);

/// Warnings, one sentence each with figures, about a kernel of sum 1: its light lies more than half a data
/// pixel from the stated centre; a constant as high as the median of its border would hold more than 2
/// percent of the flux while being above a thousandth of the peak (background not subtracted, or wings cut
/// off; kernels under 3 pixels wide are all border and are not asked); more than a tenth of its amplitude is
/// left at the Nyquist frequency of its sampling along x or y (undersampled; a single pixel is meant so and
/// is not asked); negative pixels hold more than 1 percent of the flux.
std::vector<std::string> suspicious_features(ConstImageView kernel, double oversample, double x_center,
                                             double y_center);

}  // namespace gaxel
