#include "render/convolved_point.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "psf/point_light.hpp"
#include "render/add_pixels.hpp"

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

// Steps in x, y and flux.
struct PointDirection {
  double x = 0.0;
  double y = 0.0;
  double flux = 0.0;

  PointDirection(std::span<const Role> roles, std::span<const double> steps) {
    for (std::size_t p = 0; p < roles.size(); ++p) {
      (roles[p] == Role::kX ? x : roles[p] == Role::kY ? y : flux) = steps[p];
    }
  }
};

PointWeights second_weights(double flux, const PointDirection& u, const PointDirection& v) {
  return {.dx = u.flux * v.x + v.flux * u.x,
          .dy = u.flux * v.y + v.flux * u.y,
          .dxx = flux * u.x * v.x,
          .dxy = flux * (u.x * v.y + v.x * u.y),
          .dyy = flux * u.y * v.y};
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

void add_convolved_point_second(const Component& point, const Convolver& convolver,
                                std::span<const Role> roles, std::span<const double> first,
                                std::span<const double> second, ImageView image, int threads) {
  const double x = point.value(Role::kX);
  const double y = point.value(Role::kY);
  if (!convolver.reaches(x, y)) return;
  Convolver::Spectrum spectrum = convolver.make_spectrum();
  Convolver::Spectrum* const to = &spectrum;
  const PointWeights weights =
      second_weights(point.value(Role::kFlux), PointDirection(roles, first), PointDirection(roles, second));
  convolver.add({&to, 1}, PointLight(convolver, x, y, {weights}), threads);
  Image convolved(image.shape());
  convolver.convolve(spectrum, convolved.view());
  add_pixels(convolved.pixels(), image.pixels());
}

void convolved_point_second_gradient(const Component& point, const Convolver& convolver,
                                     std::span<const Role> roles, std::span<const double> first,
                                     const Convolver::Spectrum& cotangent, double* gradient, int threads) {
  const double x = point.value(Role::kX);
  const double y = point.value(Role::kY);
  std::fill_n(gradient, roles.size(), 0.0);
  if (!convolver.reaches(x, y)) return;
  std::vector<PointWeights> weights;
  std::vector<double> unit(roles.size());
  for (std::size_t p = 0; p < roles.size(); ++p) {
    unit.assign(roles.size(), 0.0);
    unit[p] = 1.0;
    weights.push_back(
        second_weights(point.value(Role::kFlux), PointDirection(roles, first), PointDirection(roles, unit)));
  }
  convolver.add_adjoint(cotangent, PointLight(convolver, x, y, std::move(weights)), {gradient, roles.size()},
                        threads);
}

}  // namespace gaxel
