#include "integrate/image_drawing.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "gaxel/quadrature.hpp"

namespace gaxel {
namespace {

constexpr int kNodes = 4;  // a direction

/// Places in a pixel of the image, from its middle, and their weights.
struct Places {
  std::vector<double> at;
  std::vector<double> weights;
};

Places places(int parts) {
  const QuadratureRule& rule = gauss_legendre(kNodes);
  Places result;
  for (int part = 0; part < parts; ++part) {
    for (std::size_t i = 0; i < rule.size(); ++i) {
      result.at.push_back((part + 0.5 + 0.5 * rule.nodes[i]) / parts - 0.5);
      result.weights.push_back(0.5 * rule.weights[i] / parts);
    }
  }
  return result;
}

SplineShares slopes_per_pixel(double t, double step) {
  SplineShares slopes = spline_slopes(t);
  for (double& slope : slopes) slope /= step;
  return slopes;
}

}  // namespace

void for_each_image_node(const LightImage& light, const ImageFrame& frame, const Grid& grid,
                         double negligible, bool with_slopes,
                         const std::function<void(const ImageNode&)>& use) {
  const Places nodes = places(static_cast<int>(std::ceil(frame.scale / grid.step)));
  const double cosine = frame.scale * std::cos(frame.theta);
  const double sine = frame.scale * std::sin(frame.theta);
  const double middle_u = 0.5 * (light.pixels().nx() - 1);
  const double middle_v = 0.5 * (light.pixels().ny() - 1);
  const auto use_node = [&](double u, double v, double light_there) {
    const double dx = cosine * (u - middle_u) - sine * (v - middle_v);
    const double dy = sine * (u - middle_u) + cosine * (v - middle_v);
    const double x = (frame.x + dx - grid.x0) / grid.step;
    const double y = (frame.y + dy - grid.y0) / grid.step;
    const double column = std::floor(x + 0.5);
    const double row = std::floor(y + 0.5);
    if (!(column >= 0.0 && row >= 0.0 && column < grid.shape.nx && row < grid.shape.ny)) return;
    ImageNode node{static_cast<int>(row),     static_cast<int>(column), dx, dy, light_there,
                   spline_shares(x - column), spline_shares(y - row),   {}, {}};
    if (with_slopes) {
      node.slope_x = slopes_per_pixel(x - column, grid.step);
      node.slope_y = slopes_per_pixel(y - row, grid.step);
    }
    use(node);
  };
  const int margin = LightImage::kMargin;
  for (int v = -margin; v < light.pixels().ny() + margin; ++v) {
    for (int u = -margin; u < light.pixels().nx() + margin; ++u) {
      const LightImage::Piece piece = light.piece(u, v);
      if (!(piece.brightest() > negligible)) continue;
      for (std::size_t j = 0; j < nodes.at.size(); ++j) {
        for (std::size_t i = 0; i < nodes.at.size(); ++i) {
          const double density = piece.at(u + nodes.at[i], v + nodes.at[j]).density;
          use_node(u + nodes.at[i], v + nodes.at[j], density * nodes.weights[i] * nodes.weights[j]);
        }
      }
    }
  }
}

}  // namespace gaxel
