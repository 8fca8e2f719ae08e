// One picture of the report with axes in FITS pixels and its colour bar.
#pragma once

#include <string>
#include <vector>

#include "io/report/color_map.hpp"
#include "io/report/png.hpp"
#include "io/report/scale.hpp"
#include "io/task.hpp"

namespace gaxel::io::report {

/// A straight piece of a curve, 0-based pixels.
struct Segment {
  double x1 = 0.0;
  double y1 = 0.0;
  double x2 = 0.0;
  double y2 = 0.0;
};

/// An ellipse (or, of size 0, a cross) drawn over a picture, in 0-based pixels and radians from +x towards
/// +y.
struct Outline {
  double x = 0.0;
  double y = 0.0;
  double semi_major = 0.0;
  double q = 1.0;
  double theta = 0.0;
  std::string label;
  std::vector<Segment> curve = {};  ///< in place of the ellipse, where there is one
};

struct ImagePanel {
  std::string id;  ///< unique in the page
  std::string title;
  Picture picture;  ///< top row first
  Shape shape;      ///< of the image that it shows, in pixels
  Placement placement;
  const ColorMap* map = nullptr;  ///< null: a picture in colours of its own, without a bar
  std::vector<Tick> bar_ticks;    ///< value: position along the bar, 0..1
  std::string bar_title;
  std::vector<Outline> outlines;
};

/// The panel as an inline SVG element.
std::string image_panel_svg(const ImagePanel& panel);

}  // namespace gaxel::io::report
