// Drawings as SVG text, and the escaping that SVG and HTML share.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "io/report/png.hpp"

namespace gaxel::io::report {

/// Text with the five characters that XML reserves replaced, and control characters (which XML forbids)
/// dropped.
std::string escape_markup(std::string_view text);

struct Point {
  double x = 0.0;
  double y = 0.0;
};

struct Rectangle {
  Point corner;  ///< the upper left one
  double width = 0.0;
  double height = 0.0;
};

/// A drawing in units of CSS pixels, y downwards. Attributes are given as written in SVG: `fill="#333"`.
class SvgCanvas {
 public:
  /// `label` is read to those who cannot see the drawing.
  SvgCanvas(double width, double height, std::string_view label);

  void line(Point from, Point to, std::string_view attributes);
  /// All of them as one element.
  void lines(std::span<const std::array<Point, 2>> list, std::string_view attributes);
  void rectangle(Point corner, double width, double height, std::string_view attributes);
  /// All of them as one element, which is shorter for many.
  void rectangles(std::span<const Rectangle> list, std::string_view attributes);
  void circle(Point centre, double radius, std::string_view attributes);
  /// Semi-axes `a` and `b`; `angle_deg` turns the first clockwise on the screen.
  void ellipse(Point centre, double a, double b, double angle_deg, std::string_view attributes);
  void polyline(std::span<const Point> points, std::string_view attributes);
  /// The closed area within the points.
  void polygon(std::span<const Point> points, std::string_view attributes);
  void text(Point at, std::string_view text, std::string_view attributes);
  /// The picture stretched over the rectangle, its pixels left sharp where they are enlarged.
  void picture(Point corner, double width, double height, const Picture& picture);

  /// What is drawn until end_clip() shows only inside the rectangle. `id` must be unique in the page.
  void begin_clip(std::string_view id, Point corner, double width, double height);
  void end_clip();

  /// The whole element, ready for an HTML page.
  std::string str() const;

  /// A file of its own, of the size given, on white; `style` is its style sheet.
  std::string document(std::string_view style) const;

 private:
  double width_;
  double height_;
  std::string label_;  ///< escaped
  std::string body_;
};

}  // namespace gaxel::io::report
