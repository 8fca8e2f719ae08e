// The light of an image, shifted, rotated and scaled, in the pixels of a grid: exact integrals.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "gaxel/image.hpp"
#include "gaxel/light_image.hpp"

namespace gaxel {

/// Where an image lies: its middle at (x, y), data pixels; a pixel of it is `scale` data pixels wide; its
/// rows run in the direction theta from +x towards +y.
struct ImageFrame {
  double x = 0.0;
  double y = 0.0;
  double scale = 1.0;
  double theta = 0.0;
};

/// The integral of an image's light of unit flux over a pixel, its derivatives to the frame, and a bound of
/// its rounding error.
struct ImagePixel {
  double light = 0.0;
  double x = 0.0;
  double y = 0.0;
  double scale = 0.0;
  double theta = 0.0;
  double rounding = 0.0;
};

/// Pixels of a row that hold light; in the others of the row there is none.
struct LitPixels {
  int first_column;
  std::span<const ImagePixel> pixels;
};

/// Goes through the rows of a grid, all of them or a band. By Green's theorem a pixel is the integral of the
/// light that is cumulative in u along its edges, and its derivatives are those of the light through edges
/// that move; between the spline's knots both are polynomials of degree 5 at most, which Gauss' rule of three
/// nodes integrates exactly. Each edge is done once.
class ImagePixelSweep {
 public:
  /// `light` must outlive the sweep.
  ImagePixelSweep(const LightImage& light, const ImageFrame& frame, const Grid& grid, int first_row);

  /// Those of the next row, until it is called again.
  LitPixels next();

 private:
  struct Point {  // from the image's middle, in image pixels
    double u;
    double v;
  };

  struct Columns {  // from first, without last
    int first;
    int last;

    bool empty() const { return !(first < last); }
    Columns with(const Columns& others) const {
      if (empty()) return others;
      if (others.empty()) return *this;
      return {std::min(first, others.first), std::max(last, others.last)};
    }
  };

  Point corner(int row, int column) const;
  ImagePixel edge(const Point& from, const Point& to) const;
  bool beyond_light(int row, const Columns& columns) const;
  Columns lit_columns(int row) const;
  void horizontal_edges(int row, const Columns& columns, std::vector<ImagePixel>& edges) const;

  const LightImage& light_;
  ImageFrame frame_;
  Grid grid_;
  double cosine_;  // over the scale
  double sine_;
  int row_;
  Columns lit_;  // of that row
  std::vector<ImagePixel> below_;
  std::vector<ImagePixel> above_;
  std::vector<ImagePixel> pixels_;
};

}  // namespace gaxel
