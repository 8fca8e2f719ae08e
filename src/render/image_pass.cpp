#include <algorithm>

#include "base/parallel.hpp"
#include "render/convolved_point.hpp"
#include "render/passes.hpp"
#include "render/placed_image.hpp"
#include "render/unconvolved.hpp"

namespace gaxel {
namespace {

// Images of derivatives that are convolved into those of a part.
void convolve_derivatives(const Setting& setting, const std::vector<ImageView>& light, const Part& part) {
  parallel_for(static_cast<int>(light.size()), setting.options.threads, [&](int p) {
    const auto index = static_cast<std::size_t>(p);
    Convolver::Spectrum spectrum = setting.convolver->make_spectrum();
    setting.convolver->transform(light[index], spectrum, Sampling::kIntegrated);
    setting.convolver->convolve(spectrum, part.derivatives[index]);
  });
}

void add_with_derivatives(const Setting& setting, const PlannedLight& light, const Part& part, Write write,
                          ImageView to, ImageView* bound, Certificate& certificate) {
  const std::vector<LightParameter> parameters = light_parameters(part.roles);
  if (!setting.has_psf()) {
    render_with_derivatives(light, parameters, write, to, part.derivatives, bound, certificate);
    return;
  }
  std::vector<Image> derivatives(parameters.size(), Image(setting.light_grid.shape));
  std::vector<ImageView> views;
  for (Image& derivative : derivatives) views.push_back(derivative.view());
  render_with_derivatives(light, parameters, write, to, views, bound, certificate);
  convolve_derivatives(setting, views, part);
}

// Writes the light of the profiles that are integrated to `to`.
void render_elliptical(const Setting& setting, const std::vector<Part>& parts, const Lights& lights,
                       ImageView to, ImageView* bound, Certificate& certificate) {
  Write write = Write::kReplace;  // what comes first
  std::vector<PlannedLight> plain;
  for (const Part& part : parts) {
    if (part.family() != Family::kElliptical || lights.split(part) != nullptr) continue;
    const PlannedLight light = lights.planned(part);
    if (part.roles.empty()) {
      plain.push_back(light);
      continue;
    }
    add_with_derivatives(setting, light, part, write, to, bound, certificate);
    write = Write::kAdd;
  }
  if (!plain.empty()) {
    render_lights(plain, write, to, bound, certificate);
  } else if (write == Write::kReplace) {
    std::ranges::fill(to.pixels(), 0.0);
  }
}

// A surface's light may depend on parameters of other components, too: every derivative adds up what all
// surfaces have to it.
void add_surfaces(const Setting& setting, const std::vector<Part>& parts, const Lights& lights, ImageView to,
                  ImageView* bound, Certificate& certificate) {
  SurfaceDerivatives derivatives(parts, lights.surfaces(), setting.convolver_or_null());
  for (const Part& part : parts) {
    if (part.family() != Family::kSurface) continue;
    const SurfaceTargets targets = derivatives.targets(lights.surface(part).surface);
    add_surface(lights.planned_surface(part), targets.wanted, to, targets.images, bound, certificate);
  }
  derivatives.convolve(setting.options.threads);
}

void add_images(const Setting& setting, const std::vector<Part>& parts, const Lights& lights, ImageView to,
                ImageView* bound, Certificate& certificate) {
  for (const Part& part : parts) {
    if (part.family() != Family::kImage) continue;
    const PlacedImage placed(*part.component);
    const LightOptions options = lights.image_options(part);
    if (!setting.has_psf()) {
      add_placed_image(placed, part.roles, options, to, part.derivatives, bound, certificate);
      continue;
    }
    std::vector<Image> derivatives(part.roles.size(), Image(options.grid.shape));
    std::vector<ImageView> views;
    for (Image& derivative : derivatives) views.push_back(derivative.view());
    add_placed_image(placed, part.roles, options, to, views, bound, certificate);
    convolve_derivatives(setting, views, part);
  }
}

// Writes the integrated light (empty: there is none) and the point sources, through the PSF.
void convolve(const Setting& setting, const std::vector<Part>& parts, const Image& light, ImageView image) {
  const auto is_point = [](const Part& part) { return part.family() == Family::kPoint; };
  if (light.empty() && std::ranges::none_of(parts, is_point)) {
    std::ranges::fill(image.pixels(), 0.0);
    return;
  }
  Convolver::Spectrum spectrum = setting.convolver->make_spectrum();
  if (!light.empty()) setting.convolver->transform(light.view(), spectrum, Sampling::kIntegrated);
  for (const Part& part : parts) {
    if (!is_point(part)) continue;
    add_convolved_point(*part.component, *setting.convolver, part.roles, part.derivatives, spectrum,
                        setting.options.threads);
  }
  setting.convolver->convolve(spectrum, image);
}

// Adds the profiles that are known by their transforms, through the PSF.
void add_split(const Setting& setting, const std::vector<Part>& parts, const Lights& lights,
               ImageView image) {
  std::vector<const SplitLight*> plain;
  for (const Part& part : parts) {
    if (part.family() != Family::kElliptical || lights.split(part) == nullptr) continue;
    if (part.roles.empty()) {
      plain.push_back(lights.split(part));
    } else {
      setting.profiles->add_with_derivatives(*lights.split(part), light_parameters(part.roles), image,
                                             part.derivatives);
    }
  }
  setting.profiles->add(plain, image);
}

}  // namespace

Certificate render_image(const Setting& setting, const std::vector<Part>& parts, const Lights& lights,
                         ImageView image) {
  Certificate certificate;
  const bool integrates = lights.integrates();
  Image light = setting.has_psf() && integrates ? Image(setting.light_grid.shape) : Image();
  Image bound = setting.options.certificate ? Image(setting.light_grid.shape) : Image();
  ImageView bound_view = bound.view();
  ImageView* bounds = setting.options.certificate ? &bound_view : nullptr;
  if (integrates || !setting.has_psf()) {
    const ImageView to = setting.has_psf() ? light.view() : image;
    render_elliptical(setting, parts, lights, to, bounds, certificate);
    add_surfaces(setting, parts, lights, to, bounds, certificate);
    add_images(setting, parts, lights, to, bounds, certificate);
  }
  if (setting.has_psf()) {
    // What a cusp or an edge aliases on the pixels' grid is not known.
    certificate.limit_hit |= integrates;
    convolve(setting, parts, light, image);
    add_split(setting, parts, lights, image);
  } else {
    for (const Part& part : parts) {
      if (part.family() == Family::kPoint) {
        add_bare_point(*part.component, part.roles, image, part.derivatives);
      }
    }
  }
  certificate.total_flux = lights.total_flux();
  if (setting.options.certificate) {
    bound_image(bound, setting.convolver_or_null(), lights.light_size(light), certificate);
    sum_up(setting.options.tolerance, image, certificate);
  }
  for (const Part& part : parts) {
    if (part.family() == Family::kSky) add_sky(*part.component, part.indices, image, part.derivatives);
  }
  certificate.evaluations_per_pixel =
      static_cast<double>(certificate.n_evaluations) / static_cast<double>(setting.light_grid.shape.size());
  return certificate;
}

}  // namespace gaxel
