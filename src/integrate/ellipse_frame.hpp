// The map from the image to the plane in which an elliptical profile is a circle of radius 1.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

namespace gaxel {

/// u = a dx + b dy, v = c dx + d dy with dx = x - x0, dy = y - y0; the half-light ellipse is u^2 + v^2 = 1.
struct EllipseFrame {
  double x0;
  double y0;
  double re;
  double q;
  double theta;
  double a;
  double b;
  double c;
  double d;

  /// re in pixels along the major axis, q minor/major, theta in radians from +x towards +y.
  EllipseFrame(double x_center, double y_center, double re_pix, double axis_ratio, double angle)
      : x0(x_center), y0(y_center), re(re_pix), q(axis_ratio), theta(angle) {
    const double cosine = std::cos(angle);
    const double sine = std::sin(angle);
    a = cosine / re;
    b = sine / re;
    c = -sine / (q * re);
    d = cosine / (q * re);
  }

  /// du dv = area_factor() dx dy.
  double area_factor() const { return 1.0 / (q * re * re); }

  /// Bound of the relative rounding error of s. That of v comes from parts as large as dx / (q re), against a
  /// v and a u of which one at least is as large as dx / re.
  double s_rounding() const { return 8.0 * std::numeric_limits<double>::epsilon() / q; }

  double s(double x, double y) const {
    const double u = a * (x - x0) + b * (y - y0);
    const double v = c * (x - x0) + d * (y - y0);
    return u * u + v * v;
  }
};

/// A rectangle of the image, sides along the axes.
struct Box {
  double x_min;
  double x_max;
  double y_min;
  double y_max;
};

}  // namespace gaxel
