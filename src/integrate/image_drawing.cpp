#include "integrate/image_drawing.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "gaxel/quadrature.hpp"

namespace gaxel {
namespace {

constexpr int kNodes = 4;  // a direction

struct Range {
  double low;
  double high;
};

/// Where a band of the grid lies in the image, along its u and v.
struct BandInImage {
  Range u;
  Range v;
};

BandInImage band_in_image(const LightImage& light, const ImageFrame& frame, const Grid& grid,
                          const RowBand& band) {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  const double middle_u = 0.5 * (light.pixels().nx() - 1);
  const double middle_v = 0.5 * (light.pixels().ny() - 1);
  BandInImage found{{kInfinite, -kInfinite}, {kInfinite, -kInfinite}};
  const auto widen = [](Range& range, double to) {
    range = {std::min(range.low, to), std::max(range.high, to)};
  };
  for (const int column : {0, grid.shape.nx}) {
    for (const int row : {band.first_row, band.end()}) {
      const double dx = grid.x0 + (column - 0.5) * grid.step - frame.x;
      const double dy = grid.y0 + (row - 0.5) * grid.step - frame.y;
      const double cosine = std::cos(frame.theta);
      const double sine = std::sin(frame.theta);
      widen(found.u, middle_u + (cosine * dx + sine * dy) / frame.scale);
      widen(found.v, middle_v + (cosine * dy - sine * dx) / frame.scale);
    }
  }
  return found;
}

/// Places along an axis of the image, and their weights.
struct Places {
  std::vector<double> at;
  std::vector<double> weights;
};

/// Those in a pixel that is cut into equal parts, of parts that reach into the range.
Places places(int pixel, double parts, const Range& range) {
  const QuadratureRule& rule = gauss_legendre(kNodes);
  const double border = pixel - 0.5;
  const double first = std::max(0.0, std::floor((range.low - border) * parts));
  const double last = std::min(parts - 1.0, std::floor((range.high - border) * parts));
  Places result;
  for (double part = first; part <= last; part += 1.0) {
    for (std::size_t i = 0; i < rule.size(); ++i) {
      result.at.push_back(border + (part + 0.5 + 0.5 * rule.nodes[i]) / parts);
      result.weights.push_back(0.5 * rule.weights[i] / parts);
    }
  }
  return result;
}

/// Pixels of an image with a margin that reach into the range: from first, without last.
struct Pixels {
  int first;
  int last;
};

Pixels pixels_in(const Range& range, int n) {
  const double low = -LightImage::kMargin;
  const double high = n + LightImage::kMargin;
  return {static_cast<int>(std::clamp(std::floor(range.low + 0.5), low, high)),
          static_cast<int>(std::clamp(std::floor(range.high + 0.5) + 1.0, low, high))};
}

SplineShares slopes_per_pixel(double t, double step) {
  SplineShares slopes = spline_slopes(t);
  for (double& slope : slopes) slope /= step;
  return slopes;
}

}  // namespace

void for_each_image_node(const LightImage& light, const ImageFrame& frame, const Grid& grid,
                         const RowBand& band, double negligible, bool with_slopes,
                         const std::function<void(const ImageNode&)>& use) {
  const double cosine = frame.scale * std::cos(frame.theta);
  const double sine = frame.scale * std::sin(frame.theta);
  const double middle_u = 0.5 * (light.pixels().nx() - 1);
  const double middle_v = 0.5 * (light.pixels().ny() - 1);
  const auto use_node = [&](const LightImage::Piece& piece, double u, double v, double weight) {
    const double dx = cosine * (u - middle_u) - sine * (v - middle_v);
    const double dy = sine * (u - middle_u) + cosine * (v - middle_v);
    const double x = (frame.x + dx - grid.x0) / grid.step;
    const double y = (frame.y + dy - grid.y0) / grid.step;
    const double column = std::floor(x + 0.5);
    const double row = std::floor(y + 0.5);
    if (!(column >= 0.0 && row >= band.first_row && column < grid.shape.nx && row < band.end())) return;
    ImageNode node{
        static_cast<int>(row),     static_cast<int>(column), dx, dy, weight * piece.at(u, v).density,
        spline_shares(x - column), spline_shares(y - row),   {}, {}};
    if (with_slopes) {
      node.slope_x = slopes_per_pixel(x - column, grid.step);
      node.slope_y = slopes_per_pixel(y - row, grid.step);
    }
    use(node);
  };
  const BandInImage there = band_in_image(light, frame, grid, band);
  const double parts = std::ceil(frame.scale / grid.step);
  const Pixels columns = pixels_in(there.u, light.pixels().nx());
  const Pixels rows = pixels_in(there.v, light.pixels().ny());
  std::vector<Places> along_u;
  for (int u = columns.first; u < columns.last; ++u) along_u.push_back(places(u, parts, there.u));
  for (int v = rows.first; v < rows.last; ++v) {
    const Places along_v = places(v, parts, there.v);
    for (int u = columns.first; u < columns.last; ++u) {
      const LightImage::Piece piece = light.piece(u, v);
      if (!(piece.brightest() > negligible)) continue;
      const Places& in_row = along_u[static_cast<std::size_t>(u - columns.first)];
      for (std::size_t j = 0; j < along_v.at.size(); ++j) {
        for (std::size_t i = 0; i < in_row.at.size(); ++i) {
          use_node(piece, in_row.at[i], along_v.at[j], in_row.weights[i] * along_v.weights[j]);
        }
      }
    }
  }
}

}  // namespace gaxel
