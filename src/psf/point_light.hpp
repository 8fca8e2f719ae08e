// Point sources: light of constant modulus at all frequencies.
#pragma once

#include <complex>
#include <vector>

#include "psf/convolver.hpp"
#include "psf/phases.hpp"

namespace gaxel {

/// What of a point source to take: value * P + dx * dP/dx + dy * dP/dy + dxx * d2P/dx2 + dxy * d2P/dxdy + dyy
/// * d2P/dy2, with P the image of a source of unit flux at (x, y). {flux} is the source itself, {0, flux} its
/// derivative with respect to x.
struct PointWeights {
  double value = 0.0;
  double dx = 0.0;
  double dy = 0.0;
  double dxx = 0.0;
  double dxy = 0.0;
  double dyy = 0.0;
};

/// One point source, each image of which has other weights. Shifts are exact, by whatever part of a pixel;
/// the flux is kept.
class PointLight final : public FourierLight {
 public:
  PointLight(const Convolver& convolver, double x, double y, std::vector<PointWeights> images);

  std::size_t n_images() const override { return images_.size(); }
  void row(double ky, std::span<const double> kx, std::span<const ComplexRow> out) const override;
  void row_adjoint(double ky, std::span<const double> kx, ConstComplexRow weights,
                   std::span<double> products) const override;

 private:
  std::complex<double> phase_y(double ky) const;

  int ny_;
  double y_;
  Phases along_x_;
  std::vector<PointWeights> images_;
};

}  // namespace gaxel
