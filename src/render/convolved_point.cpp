#include "render/convolved_point.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "psf/point_light.hpp"

namespace gaxel {
namespace {

std::vector<PointWeights> derivative_weights(const Component& point, std::span<const Role> roles) {
  const double flux = point.value(Role::kFlux);
  std::vector<PointWeights> weights;
  for (const Role role : roles) {
    switch (role) {
      case Role::kX:
        weights.push_back({.dx = flux});
        break;
      case Role::kY:
        weights.push_back({.dy = flux});
        break;
      default:
        weights.push_back({.value = 1.0});
    }
  }
  return weights;
}

}  // namespace

std::unique_ptr<const FourierLight> convolved_point(const Component& point, const Convolver& convolver) {
  const double x = point.value(Role::kX);
  const double y = point.value(Role::kY);
  if (!convolver.reaches(x, y)) return nullptr;
  return std::make_unique<const PointLight>(convolver, x, y,
                                            std::vector<PointWeights>{{.value = point.value(Role::kFlux)}});
}

void add_convolved_point(const Component& point, const Convolver& convolver, std::span<const Role> roles,
                         std::span<const ImageView> derivatives, Convolver::Spectrum& image, int threads) {
  const double x = point.value(Role::kX);
  const double y = point.value(Role::kY);
  if (!convolver.reaches(x, y)) {
    for (const ImageView& derivative : derivatives) std::ranges::fill(derivative.pixels(), 0.0);
    return;
  }
  std::vector<Convolver::Spectrum> of_derivatives;
  std::vector<Convolver::Spectrum*> spectra{&image};
  for (std::size_t p = 0; p < roles.size(); ++p) of_derivatives.push_back(convolver.make_spectrum());
  for (Convolver::Spectrum& derivative : of_derivatives) spectra.push_back(&derivative);
  std::vector<PointWeights> weights = derivative_weights(point, roles);
  weights.insert(weights.begin(), {.value = point.value(Role::kFlux)});
  convolver.add(spectra, PointLight(convolver, x, y, std::move(weights)), threads);
  for (std::size_t p = 0; p < roles.size(); ++p) convolver.convolve(of_derivatives[p], derivatives[p]);
}

void convolved_point_gradient(const Component& point, const Convolver& convolver, std::span<const Role> roles,
                              const Convolver::Spectrum& cotangent, double* gradient, int threads) {
  const double x = point.value(Role::kX);
  const double y = point.value(Role::kY);
  const std::span<double> products(gradient, roles.size());
  if (convolver.reaches(x, y)) {
    convolver.add_adjoint(cotangent, PointLight(convolver, x, y, derivative_weights(point, roles)), products,
                          threads);
  } else {
    std::ranges::fill(products, 0.0);
  }
}

}  // namespace gaxel
