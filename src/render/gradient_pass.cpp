#include <algorithm>
#include <utility>

#include "base/stop_scopes.hpp"
#include "render/convolved_point.hpp"
#include "render/passes.hpp"
#include "render/placed_image.hpp"
#include "render/unconvolved.hpp"

namespace gaxel {
namespace {

// The gradients of the point sources.
void point_gradients(const Setting& setting, const std::vector<Part>& parts, ConstImageView cotangent) {
  const auto is_wanted = [](const Part& part) {
    return part.family() == Family::kPoint && !part.roles.empty();
  };
  if (std::ranges::none_of(parts, is_wanted)) return;
  Convolver::Spectrum spectrum = setting.convolver->make_undefined_spectrum();
  setting.convolver->convolve_adjoint(cotangent, spectrum);
  for (const Part& part : parts) {
    if (!is_wanted(part)) continue;
    convolved_point_gradient(*part.component, *setting.convolver, part.roles, spectrum, part.gradient,
                             setting.options.threads);
  }
}

// The cotangent of light that is drawn, through the PSF.
Image drawn_cotangent(const Setting& setting, Drawing kind, ConstImageView cotangent) {
  Image of_light(setting.drawn().shape(kind));
  setting.drawn().gather(kind, cotangent, setting.options.threads, of_light.view());
  return of_light;
}

}  // namespace

void render_gradient(const Setting& setting, const std::vector<Part>& parts, const Lights& lights,
                     ConstImageView cotangent) {
  stop_if_wanted();
  Image of_pixels;  // through the PSF
  Image of_splines;
  if (setting.has_psf()) {
    point_gradients(setting, parts, cotangent);
    if (lights.integrates_elliptical()) of_pixels = drawn_cotangent(setting, Drawing::kPixels, cotangent);
    if (lights.draws_splines()) of_splines = drawn_cotangent(setting, Drawing::kSplines, cotangent);
  }
  const ConstImageView on_light_grid = setting.has_psf() ? std::as_const(of_pixels).view() : cotangent;
  const ConstImageView on_surfaces = setting.has_psf() ? std::as_const(of_splines).view() : cotangent;
  std::vector<ConvolvedProfiles::Wanted> convolved;
  SurfaceGradients surface_gradients(parts, lights.surfaces());
  for (const Part& part : parts) {
    if (part.family() == Family::kSurface) {
      surface_gradients.add(lights.surface(part).surface, [&](const auto& wanted, auto sums) {
        surface_gradient(lights.planned_surface(part), wanted, setting.surface_drawing(), on_surfaces, sums);
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
        if (setting.has_psf()) {
          drawn_image_gradient(PlacedImage(*part.component), part.roles, lights.image_options(part),
                               on_surfaces, part.gradient);
        } else {
          placed_image_gradient(PlacedImage(*part.component), part.roles, lights.image_options(part),
                                cotangent, part.gradient);
        }
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
