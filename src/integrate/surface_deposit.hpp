// Where the light at the nodes of a surface's plan goes: to the pixels that hold it, or by splines to their
// neighbours, too.
#pragma once

#include <cstdint>
#include <vector>

#include "gaxel/image.hpp"
#include "integrate/drawing.hpp"
#include "integrate/surface_nodes.hpp"
#include "integrate/tile_sums.hpp"

namespace gaxel {

/// Drawing::kPixels.
class PixelDeposit {
 public:
  static constexpr Drawing kDrawing = Drawing::kPixels;

  PixelDeposit(const Plan& plan, const Surface& /*surface*/) : band_(plan.band) {}

  /// Adds the expansion of a tile's values, times `scale`.
  void add_tile(const TilePlace& place, const double* values, double scale, ImageView image) const {
    expand_on_band(place, values, scale, band_, Write::kAdd, image);
  }
  /// The transpose: overwrites `values`.
  void gather_tile(const TilePlace& place, ConstImageView image, double* values) const {
    contract_from_band(place, band_, image, values);
  }

  /// The part of a pixel that add() and gather() are about.
  void enter(std::int32_t pixel, const NodeSet& nodes) {
    pixel_ = pixel;
    n_ = nodes.size();
  }
  /// Adds `scale` times the values at the part's nodes.
  void add(const double* values, double scale, ImageView image) const {
    double sum = 0.0;
    for (std::size_t i = 0; i < n_; ++i) sum += values[i];
    image.data()[pixel_] += scale * sum;
  }
  /// The sum of the values times what the image is at their nodes.
  double gather(const double* values, ConstImageView image) const {
    double sum = 0.0;
    for (std::size_t i = 0; i < n_; ++i) sum += values[i];
    return image.data()[pixel_] * sum;
  }

 private:
  Band band_;
  std::int32_t pixel_ = 0;
  std::size_t n_ = 0;
};

/// Drawing::kSplines: images have kSplineMargin more rows and columns at each side than the grid. Bands write
/// to rows of their neighbours.
class SplineDeposit {
 public:
  static constexpr Drawing kDrawing = Drawing::kSplines;

  SplineDeposit(const Plan& plan, const Surface& surface)
      : grid_(plan.grid), x0_(surface.x0()), y0_(surface.y0()) {}

  void add_tile(const TilePlace& place, const double* values, double scale, ImageView image) const;
  void gather_tile(const TilePlace& place, ConstImageView image, double* values) const;

  void enter(std::int32_t pixel, const NodeSet& nodes);
  void add(const double* values, double scale, ImageView image) const { add(values, x_, y_, scale, image); }
  double gather(const double* values, ConstImageView image) const { return gather(values, x_, y_, image); }

  /// What moving each node by its value along x (or y, pixels of the data) changes.
  void add_moved(const double* values, bool along_x, ImageView image) const {
    add(values, along_x ? slope_x_ : x_, along_x ? y_ : slope_y_, 1.0 / grid_.step, image);
  }
  double gather_moved(const double* values, bool along_x, ConstImageView image) const {
    return gather(values, along_x ? slope_x_ : x_, along_x ? y_ : slope_y_, image) / grid_.step;
  }

 private:
  using Shares = std::vector<SplineShares>;

  void add(const double* values, const Shares& x, const Shares& y, double scale, ImageView image) const;
  double gather(const double* values, const Shares& x, const Shares& y, ConstImageView image) const;

  Grid grid_;
  double x0_;
  double y0_;
  int row_ = 0;
  int col_ = 0;
  Shares x_;  // of the part's nodes
  Shares y_;
  Shares slope_x_;
  Shares slope_y_;
};

}  // namespace gaxel
