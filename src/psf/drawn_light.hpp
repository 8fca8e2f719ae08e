// Light that is drawn on a grid finer than the data's pixels, as a convolution takes it.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "gaxel/image.hpp"
#include "psf/convolver.hpp"
#include "psf/phases.hpp"

namespace gaxel {

/// A grid of cells as wide as 1/m data pixels, m a whole number. Cell c of a drawing on it holds the integral
/// of the light times cardinal B-splines of `order` about x_c, `order` cells wide (1: boxes), so that
///     L(k) = sum over cells of drawing(c) exp(-i k . x_c) / (sinc(kx / 2m) sinc(ky / 2m))^order
/// for frequencies below pi m, those above being left out. Cells that lie farther out than the convolver's
/// period come round. Immutable.
class DrawnGrid {
 public:
  DrawnGrid(const Convolver& convolver, const Grid& grid, int order);

  FftBuffer transform(ConstImageView drawing) const;

  /// L at the frequencies (kx, ky) of the convolver.
  void row(const FftBuffer& transform, double ky, std::span<const double> kx, const ComplexRow& out) const;

  /// The transpose: overwrites `drawing` with the derivatives with respect to its cells, for a spectrum of
  /// Convolver::convolve_adjoint().
  void gather(const Convolver::Spectrum& cotangent, int threads, ImageView drawing) const;

  /// Like row(), an estimate of what light beyond pi m is taken for light at (kx, ky): light at 2 pi m - k is
  /// put at what there is at pi m - k or at k, the higher of both, which is farther in and as a rule more.
  void aliases(const FftBuffer& transform, double ky, std::span<const double> kx,
               const ComplexRow& out) const;

 private:
  int row_of(double ky) const;  // signed

  const Convolver& convolver_;
  double y0_;
  int m_;
  int order_;
  Shape size_;                   // of the transforms
  Phases along_x_;               // of the first cell, over the spline's factor
  std::vector<double> along_y_;  // one over the spline's factor
  std::shared_ptr<const Fft2d> fft_;
};

/// A drawing, or the estimate of what is taken for light of it. Not owned: the grid and the transform.
class DrawnLight final : public FourierLight {
 public:
  using Row = void (DrawnGrid::*)(const FftBuffer&, double, std::span<const double>, const ComplexRow&) const;

  /// `of_row`: &DrawnGrid::row or &DrawnGrid::aliases.
  DrawnLight(const DrawnGrid& grid, const FftBuffer& transform, Row of_row)
      : grid_(grid), transform_(transform), row_(of_row) {}

  std::size_t n_images() const override { return 1; }
  void row(double ky, std::span<const double> kx, std::span<const ComplexRow> out) const override;
  void row_adjoint(double ky, std::span<const double> kx, ConstComplexRow weights,
                   std::span<double> products) const override;

 private:
  const DrawnGrid& grid_;
  const FftBuffer& transform_;
  Row row_;
};

}  // namespace gaxel
