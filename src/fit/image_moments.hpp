// Sizes, shapes and brightness of the light in an image, as starting values for a fit.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "gaxel/fit.hpp"

namespace gaxel {

/// An image above its sky, with what is known of its pixels. All of one shape.
struct Light {
  Image value;                     ///< counts above the sky
  const Image* sigma;              ///< standard deviations
  std::vector<std::uint8_t> used;  ///< 1: may be looked at
};

/// Median after clipping at 3 sigma, the median absolute deviation being the measure. NaN for no values.
double clipped_median(std::vector<double> values);

/// Level of the sky: the lowest of the clipped medians along the four sides, so that light over one side does
/// no harm; of the whole image where the sides have too few pixels.
double sky_level(const Observation& observation);

struct Point {
  double x;
  double y;
};

/// The brightest place, averaged over the smallest square in which anything stands out of the noise.
struct Peak {
  Point place;
  double brightness;    ///< mean over the square, counts per pixel
  double significance;  ///< in standard deviations of that mean
};
std::optional<Peak> brightest(const Light& light);

/// Second moments of light: of a Gaussian of the same shape.
struct Ellipse {
  double xx;
  double xy;
  double yy;

  double axis_ratio() const;
  double direction() const;    ///< of the major axis, radians from +x towards +y
  double mean_square() const;  ///< sqrt of the determinant: the square of a circular Gaussian's sigma
};

/// Moments about `centre` under an elliptical Gaussian weight that is made to agree with them; circular of
/// width `radius` where that has no end.
Ellipse adaptive_moments(const Light& light, Point centre, double radius);

/// Light around a point, summed in rings as long as it stands out of the noise.
struct Growth {
  double flux = 0.0;         ///< counts
  double flux_error = 0.0;   ///< standard deviation of it
  double half_radius = 0.0;  ///< pixels; circle that holds half of it
};
Growth curve_of_growth(const Light& light, Point centre);

/// Takes an object of this shape out of the light: the median of every elliptical ring around `centre`, which
/// leaves what belongs to others, and its core altogether, whose structure would look like others.
void remove_object(Light& light, Point centre, const Ellipse& shape);

}  // namespace gaxel
