#include "psf/light_sum.hpp"

#include <algorithm>

namespace gaxel {

void LightSum::row(double ky, std::span<const double> kx, std::span<const ComplexRow> out) const {
  const std::size_t n = kx.size();
  std::fill_n(out[0].re, n, 0.0);
  std::fill_n(out[0].im, n, 0.0);
  std::vector<double> re(n);
  std::vector<double> im(n);
  const ComplexRow one{re.data(), im.data()};
  for (const auto& light : lights_) {
    light->row(ky, kx, {&one, 1});
    for (std::size_t i = 0; i < n; ++i) out[0].re[i] += re[i];
    for (std::size_t i = 0; i < n; ++i) out[0].im[i] += im[i];
  }
}

void LightSum::row_adjoint(double ky, std::span<const double> kx, ConstComplexRow weights,
                           std::span<double> products) const {
  for (const auto& light : lights_) light->row_adjoint(ky, kx, weights, products);
}

}  // namespace gaxel
