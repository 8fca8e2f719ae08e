// Rows of the Fourier transforms of an elliptical profile and its derivatives, in vectors.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "integrate/ellipse_frame.hpp"
#include "integrate/hankel_table.hpp"
#include "integrate/moments.hpp"

namespace gaxel {

/// With A = re (kx cos t + ky sin t), B = q re (-kx sin t + ky cos t), kappa^2 = A^2 + B^2 and H(kappa) the
/// law's transform, the transform of the light about its centre is flux * H. That of an image made of it is
///     value H + (aa A^2 + ab A B + bb B^2) H' / kappa + sum_k shapes[k] dH/dshape_k + i (x kx + y ky) H.
struct TransformWeights {
  double value = 0.0;
  double aa = 0.0;
  double ab = 0.0;
  double bb = 0.0;
  double x = 0.0;
  double y = 0.0;
  std::array<double, kMaxShapes> shapes{};
};

/// Those of the light itself.
TransformWeights image_weights(double flux);
/// Those of its derivative, for total flux `flux`.
TransformWeights derivative_transform(const RadialLaw& law, const EllipseFrame& frame, double flux,
                                      const FluxSlopes& d_flux, LightParameter parameter);

/// The transforms at kx[j] = j * step, counted from pixel (0, 0). Immutable; holds on to `table`.
class TransformRows {
 public:
  TransformRows(const HankelTable& table, const EllipseFrame& frame, double step, std::size_t n_columns);

  /// re[d][j] and im[d][j], j < n: the image of weights[d].
  void row(double ky, std::size_t n, std::span<const TransformWeights> weights, std::span<double* const> re,
           std::span<double* const> im) const;

  /// products[d] += real part of the sum over j < n of (re[j] + i im[j]) * transform of weights[d].
  void row_adjoint(double ky, std::size_t n, std::span<const TransformWeights> weights, const double* re,
                   const double* im, std::span<double> products) const;

  // For the kernel.
  const HankelTable* table;
  double step;
  double a_x, a_y;  // A = a_x kx + a_y ky
  double b_x, b_y;
  double y0;
  std::vector<double> phase_re;  // exp(-i kx x0)
  std::vector<double> phase_im;
};

}  // namespace gaxel
