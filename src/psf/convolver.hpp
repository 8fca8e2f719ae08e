// Convolution of rendered light with a PSF, by FFT, without wrap-around into the image.
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "gaxel/image.hpp"
#include "gaxel/psf.hpp"
#include "psf/fft.hpp"

namespace gaxel {

/// What of a point source to add: value * P + dx * dP/dx + dy * dP/dy, with P the image of a source of unit
/// flux at (x, y). {flux, 0, 0} is the source itself, {0, flux, 0} its derivative with respect to x.
struct PointWeights {
  double value = 0.0;
  double dx = 0.0;
  double dy = 0.0;
};

/// One PSF made ready for images of one shape. Immutable after construction: one convolver may be used from
/// many threads at once, each with its own Spectrum. Equal input gives equal bits.
///
/// PSF pixel (row, col) is the response at the offset (col - x_center, row - y_center) / oversample data
/// pixels from the light. Light is given as flux in square sub-pixels of side 1 / oversample, and each
/// sub-pixel's flux is spread as if it lay in the sub-pixel's centre. No light is resampled: a fractional
/// centre of the PSF shifts model_grid().
///
/// The members named _adjoint run backwards. Given the cotangent of the image, the derivative of some number
/// (a likelihood, say) with respect to every pixel, they return that number's derivatives with respect to the
/// light: convolve_adjoint(), then point_source_adjoint() for each point source, then transform_adjoint().
/// They are exact transposes: inner products of image and cotangent, and of light and result, differ by
/// rounding only.
class Convolver {
 public:
  /// The Fourier transform of light on model_grid(), or of derivatives with respect to it, padded. Transforms
  /// add: sums of images are sums of spectra.
  class Spectrum {
   public:
    void clear() { buffer_.clear(); }

   private:
    friend class Convolver;
    explicit Spectrum(Shape size) : buffer_(size) {}
    FftBuffer buffer_;
  };

  /// Throws InputError for an empty region, or when the padded grid would exceed 2^31 sub-pixels.
  Convolver(const Psf& psf, Shape region);

  Shape region() const { return region_; }
  /// Where light is to be rendered: the region widened by the reach of the PSF, so that light outside the
  /// region counts, in steps of 1 / oversample. Sub-pixels that fall on the region after the convolution tile
  /// its pixels.
  const Grid& model_grid() const { return model_grid_; }

  Spectrum make_spectrum() const { return Spectrum(padded_); }  ///< zero

  /// Overwrites `spectrum` with the transform of `model`: model_grid().shape, flux per sub-pixel.
  void transform(ConstImageView model, Spectrum& spectrum) const;

  /// Adds a point source at (x, y), data pixels. Its image is the PSF shifted in Fourier space: exact on
  /// whole sub-pixels and, in between, for a PSF that is well sampled; the total flux is kept. A source whose
  /// PSF does not reach the region adds nothing.
  void add_point_source(Spectrum& spectrum, double x, double y, PointWeights weights) const;

  /// Overwrites `image` (the region's shape) with the convolved light, summed over the sub-pixels of each
  /// pixel. Uses up `spectrum`: clear() or transform() it before it is used again.
  void convolve(Spectrum& spectrum, ImageView image) const;

  /// As convolve(), with the absolute values of the PSF: what a bound on the error of the light becomes in
  /// the image. Never negative.
  void convolve_bound(Spectrum& spectrum, ImageView image) const;

  /// The transpose of convolve(): overwrites `spectrum` with the transform of the `cotangent` (the region's
  /// shape), each pixel's value on all of its sub-pixels, correlated with the PSF.
  void convolve_adjoint(ConstImageView cotangent, Spectrum& spectrum) const;

  /// The transpose of add_point_source() at (x, y), for a `spectrum` from convolve_adjoint(): the inner
  /// products of the cotangent with P, dP/dx and dP/dy (see PointWeights). So the derivative with respect to
  /// the flux is value, with respect to x flux * dx, to y flux * dy. Zeros for a source whose PSF does not
  /// reach the region.
  PointWeights point_source_adjoint(const Spectrum& spectrum, double x, double y) const;

  /// The transpose of transform(): overwrites `model` (model_grid().shape) with the derivatives with respect
  /// to each sub-pixel's flux, for a `spectrum` from convolve_adjoint(). Uses up `spectrum`.
  void transform_adjoint(Spectrum& spectrum, ImageView model) const;

 private:
  struct Position {
    double x = 0.0;
    double y = 0.0;
  };

  /// Where on model_grid(), in its sub-pixels, (x, y) lies; none if the PSF there does not reach the region.
  std::optional<Position> position_on_model(double x, double y) const;
  /// The sub-pixels of the region's row `sub_row` (counted in sub-pixels) in a convolved image.
  std::span<double> region_row(FftBuffer& buffer, int sub_row) const;
  void multiply_back(Spectrum& spectrum, const FftBuffer& kernel, ImageView image) const;

  Shape region_;
  Shape kernel_;  ///< size of the PSF's image
  int oversample_;
  Grid model_grid_;
  Shape padded_;
  std::shared_ptr<const Fft2d> fft_;
  std::shared_ptr<const FftBuffer>
      psf_;  ///< transform of the PSF, divided by the number of padded sub-pixels
  std::shared_ptr<const FftBuffer>
      absolute_psf_;  ///< the same of its absolute values; psf_ itself if none is negative
};

}  // namespace gaxel
