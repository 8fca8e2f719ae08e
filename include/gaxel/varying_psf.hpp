// Point spread functions that change over the image.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "gaxel/image.hpp"
#include "gaxel/psf.hpp"

namespace gaxel {

/// The PSF at one place of the image.
struct PsfAtPosition {
  Image kernel;
  double x = 0.0;  ///< 0-based data pixels
  double y = 0.0;
};

/// coefficient * X^power_x * Y^power_y, a term of a PSF that is a polynomial in the position.
struct PsfTerm {
  int power_x = 0;
  int power_y = 0;
  Image coefficient;
};

/// A PSF that is a polynomial in X = (x - x_zero) / x_scale and Y = (y - y_zero) / y_scale, with x and y in
/// 0-based data pixels. Far from where it was measured it goes where the polynomial goes.
struct PsfPolynomial {
  double x_zero = 0.0;
  double x_scale = 1.0;
  double y_zero = 0.0;
  double y_scale = 1.0;
  std::vector<PsfTerm> terms;
};

/// The PSF as a function of the position: a sum of images with weights that depend on where the light is.
/// Immutable.
class VaryingPsf {
 public:
  /// PSFs on a rectangular grid of positions, in any order: every x with every y. Each is normalised to sum
  /// 1; between the positions they are interpolated bilinearly, outside the grid the PSF is that of the
  /// nearest point of its border. One position, one row or one column will do. Throws InputError (key
  /// "positions" or "psf") for positions that form no grid, are given twice or are not finite, for images of
  /// different sizes, and for what Psf refuses.
  VaryingPsf(std::vector<PsfAtPosition> grid, PsfOptions options);

  /// Throws InputError (key "psf") when there are no terms, sizes differ, a coefficient is not finite, a
  /// power is negative or a scale is not positive.
  VaryingPsf(PsfPolynomial polynomial, PsfOptions options);

  /// The PSF of light at (x, y), 0-based data pixels. Throws InputError, which names the position, when the
  /// sum of the polynomial's image is not positive there.
  Psf at(double x, double y) const;

  Shape shape() const;  ///< of the images
  double oversample() const { return options_.oversample; }

 private:
  struct Lattice {
    std::vector<double> x;  ///< ascending
    std::vector<double> y;
    std::vector<Image> kernels;  ///< of (x[i], y[j]) at j * x.size() + i
  };

  Image image(double x, double y) const;

  PsfOptions options_;
  std::variant<Lattice, PsfPolynomial> model_;
};

}  // namespace gaxel
