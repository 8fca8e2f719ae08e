// Light that is known by its Fourier transform.
#pragma once

#include <cstddef>
#include <span>

namespace gaxel {

/// Complex numbers as two arrays of equal length.
struct ComplexRow {
  double* re;
  double* im;
};

struct ConstComplexRow {
  const double* re;
  const double* im;
};

/// The Fourier transforms of one or more images of light that share the work, such as an image and its
/// derivatives:
///     L(kx, ky) = integral of f(x, y) exp(-i (kx x + ky y)) dx dy
/// with f the flux per data pixel's area, x and y in data pixels from the centre of pixel (0, 0), k in
/// radians per data pixel. f is real and given for kx >= 0 only, ky of either sign.
class FourierLight {
 public:
  virtual ~FourierLight() = default;

  virtual std::size_t n_images() const = 0;

  /// Overwrites out[d].re and .im, each as long as `kx`, with the transform of image d at (kx[j], ky). kx is
  /// kx[1] * j. Called from several threads at once, in no certain order.
  virtual void row(double ky, std::span<const double> kx, std::span<const ComplexRow> out) const = 0;

  /// Adds to products[d] the real part of the sum over j of weights_j * L_d(kx[j], ky).
  virtual void row_adjoint(double ky, std::span<const double> kx, ConstComplexRow weights,
                           std::span<double> products) const = 0;
};

}  // namespace gaxel
