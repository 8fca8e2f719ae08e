// The light of an image that is shifted and scaled, and not turned, in the pixels of a grid: exact integrals.
#pragma once

#include <array>
#include <vector>

#include "integrate/image_pixels.hpp"

namespace gaxel {

/// As ImagePixelSweep, for frames of theta 0, to rounding the same and many times as fast: pixels and
/// B-splines are products of one along u and one along v, so that a row of pixels needs sums along v once.
class AlignedImageSweep {
 public:
  /// `light` must outlive the sweep; frame.theta is 0.
  AlignedImageSweep(const LightImage& light, const ImageFrame& frame, const Grid& grid, int first_row);

  LitPixels next();

 private:
  /// What a B-spline beta about coefficient k is to the interval of a pixel, [a, b] in image pixels from the
  /// image's middle.
  struct Overlap {
    double integral;  ///< of beta
    double rise;      ///< of its derivative: beta(b) - beta(a)
    double stretch;   ///< b beta(b) - a beta(a)
    double moment;    ///< of u beta
  };
  struct Overlaps {  // of a pixel: those that are not 0
    int first;       // coefficient
    std::vector<Overlap> of;
  };

  Overlaps overlaps(double from, double to, int n_pixels) const;
  void sum_along_v(const Overlaps& row);
  ImagePixel pixel(const Overlaps& column) const;

  const LightImage& light_;
  ImageFrame frame_;
  Grid grid_;
  int row_;
  int first_column_;
  std::vector<Overlaps> columns_;  // that hold light
  std::vector<Overlap> sums_;      // of coefficients along v, weighted by each of a row's overlaps
  std::vector<double> sizes_;      // of |coefficients|
  std::vector<ImagePixel> pixels_;
};

}  // namespace gaxel
