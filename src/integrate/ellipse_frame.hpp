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

struct Range {
  double min;
  double max;
};

/// Smallest and largest s over a box (which may be a segment or a point). s is convex: largest at a corner,
/// smallest at the centre of the profile or on the boundary.
inline Range range_of_s(const EllipseFrame& f, const Box& box) {
  const double max = std::max(std::max(f.s(box.x_min, box.y_min), f.s(box.x_max, box.y_min)),
                              std::max(f.s(box.x_min, box.y_max), f.s(box.x_max, box.y_max)));
  if (f.x0 >= box.x_min && f.x0 <= box.x_max && f.y0 >= box.y_min && f.y0 <= box.y_max) {
    return {0.0, max};
  }
  const double xx = f.a * f.a + f.c * f.c;
  const double xy = f.a * f.b + f.c * f.d;
  const double yy = f.b * f.b + f.d * f.d;
  double min = max;
  for (const double y : {box.y_min, box.y_max}) {
    const double x = std::clamp(f.x0 - xy * (y - f.y0) / xx, box.x_min, box.x_max);
    min = std::min(min, f.s(x, y));
  }
  for (const double x : {box.x_min, box.x_max}) {
    const double y = std::clamp(f.y0 - xy * (x - f.x0) / yy, box.y_min, box.y_max);
    min = std::min(min, f.s(x, y));
  }
  return {min, max};
}

}  // namespace gaxel
