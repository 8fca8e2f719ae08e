// A pixel that no tile serves: cut where its error is largest until the sum of the errors is small enough.
#pragma once

#include <vector>

#include "integrate/surface_estimate.hpp"

namespace gaxel {

/// A dyadic part of a pixel.
struct PixelCell {
  CellPlace place;
  int level_x;
  int level_y;
  int order;
};

/// The parts of one pixel.
struct PixelParts {
  std::vector<PixelCell> cells;
  std::vector<Wedge> wedges;
  bool complete = true;     ///< false: it would have taken more parts than allowed
  std::size_t n_tried = 0;  ///< parts whose error was estimated
};

/// |error| <= absolute + relative * |flux of the pixel|, unit light. Cuts no more once `most` parts were
/// tried.
PixelParts cut_pixel(SurfaceEstimator& estimator, const Grid& grid, std::int32_t pixel,
                     const PixelTolerance& tolerance, std::size_t most);

/// The same, without that limit, for a pixel that holds the centre or next to it.
PixelParts cut_centre_pixel(SurfaceEstimator& estimator, const Surface& surface, const Grid& grid,
                            std::int32_t pixel, const PixelTolerance& tolerance);

}  // namespace gaxel
