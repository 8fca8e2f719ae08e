// Images as sources of light: pixels turned into a smooth surface brightness that has the same flux in each.
#pragma once

#include <array>
#include <vector>

#include "gaxel/image.hpp"

namespace gaxel {

/// The light of an image's pixels, interpolated: a biquadratic spline with its knots on the edges of the
/// pixels whose integral over every pixel is that pixel's value, so that the cumulative light is a bicubic
/// spline. Beyond its border the image continues with zeros; what the spline overshoots there falls by a
/// factor -0.27 a pixel. The integral over everything is the sum of the pixels, and what is reported here is
/// divided by it. Coordinates (u, v): pixels of the image, 0-based centres, u along the columns. Immutable.
class LightImage {
 public:
  /// Throws InputError (key "image") when `pixels` is empty, has more than kMaxPixels, holds NaN or infinity,
  /// or has a sum that is not positive.
  explicit LightImage(Image pixels);

  static constexpr int kMaxPixels = 1 << 26;
  static constexpr int kMargin = 28;  ///< pixels after which the overshoot is below 1e-16

  /// Throws that error for shapes that have no pixels or too many.
  static void check_shape(Shape shape);

  const Image& pixels() const { return pixels_; }  ///< as given
  double sum() const { return sum_; }
  /// Those of the quadratic B-splines about the pixels' centres, kMargin pixels more on every side.
  const Image& coefficients() const { return coefficients_; }
  /// Half of the sides of the rectangle about the image's middle that holds all light.
  double half_width() const { return 0.5 * pixels_.nx() + kMargin; }
  double half_height() const { return 0.5 * pixels_.ny() + kMargin; }

  struct Value {
    double density;     ///< flux per image pixel at (u, v)
    double cumulative;  ///< its integral over u from -infinity
  };
  Value at(double u, double v) const { return piece(u, v).at(u, v); }

  /// The polynomial that the light is in the pixel about (u, v).
  class Piece {
   public:
    Value at(double u, double v) const;
    /// A bound of the numbers that `cumulative` is a sum of, together: what its rounding is relative to.
    double magnitude() const;
    double brightest() const;  ///< a bound of |density|

   private:
    friend class LightImage;
    double u_ = 0.0;  // the pixel's centre
    double v_ = 0.0;
    std::array<std::array<double, 3>, 3> coefficients_{};  // about it, [row][column]
    std::array<double, 3> before_{};                       // sums of those before these, for each row
  };
  Piece piece(double u, double v) const;

 private:
  Image pixels_;
  double sum_ = 0.0;
  Image coefficients_;
  Image running_;  ///< their sums along each row
};

}  // namespace gaxel
