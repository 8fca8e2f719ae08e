#include "render/convolved_point.hpp"
#include "render/passes.hpp"
#include "render/placed_image.hpp"
#include "render/unconvolved.hpp"

namespace gaxel {
namespace {

// The cotangent of the integrated light, and the gradients of the point sources.
Image light_cotangent(const Setting& setting, const std::vector<Part>& parts, ConstImageView cotangent) {
  Image of_light(setting.light_grid.shape);
  Convolver::Spectrum spectrum = setting.convolver->make_spectrum();
  setting.convolver->convolve_adjoint(cotangent, spectrum);
  for (const Part& part : parts) {
    if (part.family() != Family::kPoint || part.roles.empty()) continue;
    convolved_point_gradient(*part.component, *setting.convolver, part.roles, spectrum, part.gradient,
                             setting.options.threads);
  }
  setting.convolver->transform_adjoint(spectrum, of_light.view(), Sampling::kIntegrated);
  return of_light;
}

}  // namespace

void render_gradient(const Setting& setting, const std::vector<Part>& parts, const Lights& lights,
                     ConstImageView cotangent) {
  const Image of_light = setting.has_psf() ? light_cotangent(setting, parts, cotangent) : Image();
  const ConstImageView on_light_grid = setting.has_psf() ? of_light.view() : cotangent;
  std::vector<ConvolvedProfiles::Wanted> convolved;
  SurfaceGradients surface_gradients(parts, lights.surfaces());
  for (const Part& part : parts) {
    if (part.family() == Family::kSurface) {
      surface_gradients.add(lights.surface(part).surface, [&](const auto& wanted, auto sums) {
        surface_gradient(lights.planned_surface(part), wanted, on_light_grid, sums);
      });
    }
    if (part.roles.empty()) continue;
    switch (part.family()) {
      case Family::kElliptical:
        if (lights.split(part) != nullptr) {
          convolved.push_back({lights.split(part), light_parameters(part.roles), part.gradient});
        } else {
          light_gradient(lights.planned(part), light_parameters(part.roles), on_light_grid, part.gradient);
        }
        break;
      case Family::kImage:
        placed_image_gradient(PlacedImage(*part.component), part.roles, lights.image_options(part),
                              on_light_grid, part.gradient);
        break;
      case Family::kPoint:
        if (!setting.has_psf()) {
          bare_point_gradient(*part.component, part.roles, cotangent, part.gradient);
        }
        break;
      case Family::kSky:
        sky_gradient(*part.component, part.indices, cotangent, part.gradient);
        break;
      case Family::kTruncation:  // by the surfaces that it cuts
      case Family::kSurface:
      case Family::kSum:  // taken apart before
        break;
    }
  }
  if (!convolved.empty()) setting.profiles->gradients(convolved, cotangent);
}

}  // namespace gaxel
