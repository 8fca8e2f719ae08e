#include "render/image_bound.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gaxel {

void bound_image(const Image& light_bound, const Convolver* convolver, const LightSize& size,
                 Certificate& certificate) {
  if (convolver == nullptr) {
    certificate.bound = light_bound;
    return;
  }
  certificate.bound = Image(convolver->region());
  convolver->convolve_bound(light_bound.view(), Sampling::kIntegrated, certificate.bound.view());
  // Rounding of the Fourier transforms: eps log2(N) in the 2-norm (Higham, Accuracy and Stability, 24.1); and
  // of the phases that place point sources, eps times the number of pixels they turn over.
  constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
  const double transforms = 4.0 * kEpsilon * std::log2(static_cast<double>(light_bound.size()));
  const double phases = 8.0 * kEpsilon * (light_bound.nx() + light_bound.ny());
  const double rounding = transforms * size.norm * convolver->response_norm(Sampling::kIntegrated) +
                          (transforms + phases) * size.points * convolver->response_norm(Sampling::kPoint);
  const double left_out = convolver->outside() * certificate.total_flux;
  for (double& b : certificate.bound.pixels()) b += rounding + size.error + left_out;
}

double norm(ConstImageView image) {
  double squares = 0.0;
  for (const double pixel : image.pixels()) squares += pixel * pixel;
  return std::sqrt(squares);
}

void sum_up(const Tolerance& tolerance, ConstImageView image, Certificate& certificate) {
  const auto bounds = certificate.bound.pixels();
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    certificate.max_bound = std::isnan(bounds[i]) ? bounds[i] : std::max(certificate.max_bound, bounds[i]);
    certificate.sum_bound += bounds[i];
    const double allowed = tolerance.atol * certificate.total_flux +
                           tolerance.rtol * std::abs(image.pixels()[i]) + tolerance.floor;
    certificate.n_over += bounds[i] <= allowed ? 0 : 1;
  }
  certificate.limit_hit |= !std::isfinite(certificate.sum_bound);
}

}  // namespace gaxel
