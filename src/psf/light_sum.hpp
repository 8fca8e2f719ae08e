// Lights that go through one PSF together.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "psf/fourier_light.hpp"

namespace gaxel {

/// The sum of lights of one image each: their transforms are added row by row, before the PSF's is
/// multiplied.
class LightSum final : public FourierLight {
 public:
  void add(std::unique_ptr<const FourierLight> light) { lights_.push_back(std::move(light)); }
  bool empty() const { return lights_.empty(); }

  std::size_t n_images() const override { return 1; }
  void row(double ky, std::span<const double> kx, std::span<const ComplexRow> out) const override;
  void row_adjoint(double ky, std::span<const double> kx, ConstComplexRow weights,
                   std::span<double> products) const override;

 private:
  std::vector<std::unique_ptr<const FourierLight>> lights_;
};

}  // namespace gaxel
