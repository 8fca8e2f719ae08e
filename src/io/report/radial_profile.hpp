// Mean light in elliptical annuli.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gaxel/image.hpp"

namespace gaxel::io::report {

/// Concentric ellipses: centre in 0-based pixels, axis ratio 0 < q <= 1, major axis theta radians from +x to
/// +y.
struct Ellipses {
  double x = 0.0;
  double y = 0.0;
  double q = 1.0;
  double theta = 0.0;

  /// Semi-major axis of the ellipse through (x, y), in pixels.
  double radius(double x_pixel, double y_pixel) const;
};

struct Annulus {
  double radius = 0.0;         ///< mean semi-major axis of its used pixels
  std::int64_t count = 0;      ///< used pixels, at least 1
  double data = 0.0;           ///< mean of the data
  double error = 0.0;          ///< 1 sigma of that mean, from the sigma image
  std::vector<double> models;  ///< means of the other images on the same pixels, in their order
};

/// Means over the used pixels whose centres fall in each annulus. Annuli are at least one pixel wide
/// (geometric mean of major and minor axis) and grow outwards by a tenth; empty ones are left out. All images
/// have the data's shape.
std::vector<Annulus> radial_profile(ConstImageView data, ConstImageView sigma,
                                    std::span<const std::uint8_t> used,
                                    std::span<const ConstImageView> models, const Ellipses& ellipses);

}  // namespace gaxel::io::report
