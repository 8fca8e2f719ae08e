// The light of an image at nodes, for drawings of it with splines.
#pragma once

#include <functional>

#include "gaxel/image.hpp"
#include "gaxel/light_image.hpp"
#include "integrate/drawing.hpp"
#include "integrate/image_pixels.hpp"
#include "integrate/plan.hpp"

namespace gaxel {

/// A node, and the cells of a drawing (Drawing::kSplines) that it is spread over.
struct ImageNode {
  int row;  ///< of the grid's cell that holds it
  int column;
  double dx;  ///< from the image's middle, data pixels
  double dy;
  double light;  ///< that it stands for, of an image of unit flux; it moves with the image
  SplineShares x;
  SplineShares y;
  SplineShares slope_x;  ///< their derivatives as the node moves, 1/data pixel
  SplineShares slope_y;
};

/// Calls use(node) for the nodes on a band of the grid. They integrate the image's light times splines:
/// Gauss-Legendre rules in each pixel of the image, or in parts of it that are no wider than a cell. Pixels
/// with less than `negligible` of all light are left out. Without `with_slopes` slopes are zero. The cost
/// does not depend on how much of the image lies beside the band, but for the number of its pixels.
void for_each_image_node(const LightImage& light, const ImageFrame& frame, const Grid& grid,
                         const RowBand& band, double negligible, bool with_slopes,
                         const std::function<void(const ImageNode&)>& use);

/// What a rule may miss of the light at a node, as a share of it.
inline constexpr double kImageNodeError = 1e-9;

}  // namespace gaxel
