// How light is drawn on a grid, and the cardinal B-splines that some of it is drawn with.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace gaxel {

/// Cell c of a drawing holds the integral of light * B((x - x_c) / step) B((y - y_c) / step), B the centred
/// cardinal B-spline of some order, whose shares over all cells add up to 1: order 1 is the box, integrals
/// over the cells. The light's transform is that of the cells over sinc(k step / 2)^order along each axis, up
/// to what lies beyond the grid's Nyquist frequency: light at 2 pi / step - k counts (k / (2 pi / step -
/// k))^order times. Splines keep that out of a convolution (Essmann et al. 1995, J. Chem. Phys. 103, 8577).
enum class Drawing {
  kPixels,  ///< order 1; the image has the grid's shape
  kSplines  ///< order kSplineOrder; kSplineMargin more rows and columns at each side
};

inline constexpr int kSplineOrder = 7;
inline constexpr int kSplineMargin = kSplineOrder / 2;

constexpr int order_of(Drawing drawing) {
  return drawing == Drawing::kPixels ? 1 : kSplineOrder;
}
constexpr int margin_of(Drawing drawing) {
  return drawing == Drawing::kPixels ? 0 : kSplineMargin;
}

/// Gauss-Legendre nodes that a direction needs more than for the light alone: the spline is a polynomial of
/// that order less 1 inside a cell.
constexpr int extra_nodes(Drawing drawing) {
  return (order_of(drawing) - 1) / 2;
}

/// One number for each cell that light in a cell is spread over, in order; the last is 0, for vectors.
using SplineShares = std::array<double, kSplineOrder + 1>;

/// Shares of light at t in its cell, -1/2 to 1/2 from its middle; and their derivatives with respect to t.
SplineShares spline_shares(double t);
SplineShares spline_slopes(double t);

/// One direction of a tile: what light at its nodes adds to the cells, (order, side + 2 kSplineMargin),
/// row-major, as integrals in units of the cell. See TileRule.
const std::vector<double>& spline_tile(int side, int order);

}  // namespace gaxel
