// Light through a PSF that is drawn on a grid: that of which the transform is not known.
#pragma once

#include <memory>
#include <vector>

#include "gaxel/render.hpp"
#include "integrate/drawing.hpp"
#include "psf/drawn_light.hpp"

namespace gaxel {

/// How large drawings are, added up.
struct DrawnSize {
  double norm = 0.0;  ///< 2-norm that pixels of the same transform would have
  Image aliasing;     ///< estimate of what light beyond the cells' frequencies does to the image
};

/// The grid that light is drawn on, and the way from there to the image. Cells are so small that next to
/// nothing of the light beyond their frequencies comes through the splines. Immutable: used from many threads
/// at once. Equal input gives equal bits.
class DrawnProfiles {
 public:
  /// `base`: the convolver of the PSF and the images' region.
  DrawnProfiles(const Psf& psf, const Convolver& base, const Tolerance& tolerance);

  /// Cells 1/m wide on all pixels whose light counts, and on a margin in which drawings fade away.
  const Grid& grid() const { return grid_; }
  /// Along each axis, in a pixel of the data.
  int cells_per_pixel() const { return m_; }
  /// Of an image of a drawing.
  Shape shape(Drawing drawing) const;
  const Convolver& convolver() const { return *convolver_; }

  /// Overwrites `image` with the drawing, convolved; the drawing is made to fade. `size` may be null.
  void convolve(Drawing kind, ImageView drawing, ImageView image, DrawnSize* size = nullptr) const;

  /// The transpose: overwrites `drawing` with the derivatives with respect to its cells.
  void gather(Drawing kind, ConstImageView cotangent, int threads, ImageView drawing) const;

  /// Sums over the cells of each pixel, on convolver().model_grid(). `cells`: grid().shape.
  Image per_pixel(const Image& cells) const;

 private:
  const DrawnGrid& drawn_grid(Drawing kind) const { return kind == Drawing::kPixels ? *pixels_ : *splines_; }
  void fade(Drawing kind, ImageView drawing) const;

  int m_;
  std::shared_ptr<const Convolver> convolver_;
  Grid grid_;
  std::vector<double> fade_x_;  // by cell of the grid
  std::vector<double> fade_y_;
  std::unique_ptr<const DrawnGrid> pixels_;
  std::unique_ptr<const DrawnGrid> splines_;
};

}  // namespace gaxel
