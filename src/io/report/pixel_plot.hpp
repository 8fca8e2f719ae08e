// A part of an image on a drawing, with axes in FITS pixels.
#pragma once

#include "io/report/svg.hpp"
#include "io/task.hpp"

namespace gaxel::io::report {

/// Columns and rows of pixels: x from x_min to x_min + nx, in 0-based pixels of the task; y likewise.
struct PixelWindow {
  double x_min = -0.5;
  double y_min = -0.5;
  double nx = 0.0;
  double ny = 0.0;

  static PixelWindow of(Shape shape) { return {-0.5, -0.5, double(shape.nx), double(shape.ny)}; }
};

/// Where a window lies on a drawing.
struct PixelPlot {
  PixelWindow window;
  Point corner;        ///< the upper left one
  double scale = 1.0;  ///< units of the drawing per pixel

  /// As large as the room lets it be, in its middle across and at its top.
  PixelPlot(const PixelWindow& shown, const Rectangle& room);

  double width() const { return window.nx * scale; }
  double height() const { return window.ny * scale; }
  double bottom() const { return corner.y + height(); }
  double right() const { return corner.x + width(); }
  Point at(double x, double y) const {
    return {corner.x + (x - window.x_min) * scale, bottom() - (y - window.y_min) * scale};
  }
};

/// The frame with ticks and their labels, of class "tick", below and to the left.
void draw_pixel_axes(SvgCanvas& canvas, const PixelPlot& plot, const Placement& placement);

}  // namespace gaxel::io::report
