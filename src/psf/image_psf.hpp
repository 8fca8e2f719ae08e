// The PSF that an image holds.
#pragma once

#include "gaxel/psf.hpp"
#include "psf/psf_model.hpp"

namespace gaxel {

class ImagePsf final : public PsfModel {
 public:
  /// `kernel`: sum 1. `options` with the centre filled in.
  ImagePsf(Image kernel, const PsfOptions& options);

  void add_transfer(std::span<const double> kx, std::span<const double> ky, double edge_at_pi, double scale,
                    ComplexTable& out) const override;
  double band(double negligible) const override;
  Support support(double negligible) const override;

 private:
  std::vector<double> pixel_factors(std::span<const double> k, double edge_at_pi) const;

  Image kernel_;
  double oversample_;
  double x_center_;
  double y_center_;
  PixelInPsf pixel_;
};

}  // namespace gaxel
