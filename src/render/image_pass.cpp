#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <utility>

#include "base/parallel.hpp"
#include "base/stop_scopes.hpp"
#include "gaxel/error.hpp"
#include "psf/light_sum.hpp"
#include "render/add_pixels.hpp"
#include "render/convolved_point.hpp"
#include "render/passes.hpp"
#include "render/placed_image.hpp"
#include "render/unconvolved.hpp"

namespace gaxel {
namespace {

// Images of derivatives that are convolved into those of a part.
void convolve_derivatives(const Setting& setting, Drawing kind, const std::vector<ImageView>& light,
                          const Part& part) {
  parallel_for(static_cast<int>(light.size()), setting.options.threads, [&](int p) {
    const auto index = static_cast<std::size_t>(p);
    setting.drawn().convolve(kind, light[index], part.derivatives[index]);
  });
}

void add_with_derivatives(const Setting& setting, const PlannedLight& light, const Part& part, Write write,
                          ImageView to, ImageView* bound, Certificate& certificate) {
  const std::vector<LightParameter> parameters = light_parameters(part.roles);
  if (!setting.has_psf()) {
    render_with_derivatives(light, parameters, write, to, part.derivatives, bound, certificate);
    return;
  }
  std::vector<Image> derivatives(parameters.size(), Image(setting.light_grid().shape));
  std::vector<ImageView> views;
  for (Image& derivative : derivatives) views.push_back(derivative.view());
  render_with_derivatives(light, parameters, write, to, views, bound, certificate);
  convolve_derivatives(setting, Drawing::kPixels, views, part);
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
  SurfaceDerivatives derivatives(parts, lights.surfaces(), setting.has_psf() ? &setting.drawn() : nullptr);
  for (const Part& part : parts) {
    if (part.family() != Family::kSurface) continue;
    const SurfaceTargets targets = derivatives.targets(lights.surface(part).surface);
    add_surface(lights.planned_surface(part), targets.wanted, setting.surface_drawing(), to, targets.images,
                bound, certificate);
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
    std::vector<Image> derivatives(part.roles.size(), Image(setting.drawn().shape(Drawing::kSplines)));
    std::vector<ImageView> views;
    for (Image& derivative : derivatives) views.push_back(derivative.view());
    draw_placed_image(placed, part.roles, options, to, views, bound, certificate);
    convolve_derivatives(setting, Drawing::kSplines, views, part);
    certificate.estimated = true;
  }
}

// Draws light by draw(drawing) and adds it to `image`, through the PSF.
template <class Draw>
void add_drawn(const Setting& setting, Drawing kind, ImageView image, DrawnSize& size, const Draw& draw) {
  Image drawing(setting.drawn().shape(kind));
  draw(drawing.view());
  Image convolved(image.shape());
  setting.drawn().convolve(kind, drawing.view(), convolved.view(),
                           setting.options.certificate ? &size : nullptr);
  add_pixels(convolved.pixels(), image.pixels());
}

// Adds the point sources to the spectra.
void add_points(const Setting& setting, const std::vector<Part>& parts, SpectrumPool& spectra) {
  LightSum plain;
  for (const Part& part : parts) {
    if (part.family() != Family::kPoint) continue;
    if (part.roles.empty()) {
      if (auto light = convolved_point(*part.component, *setting.convolver)) plain.add(std::move(light));
    } else {
      add_convolved_point(*part.component, *setting.convolver, part.roles, part.derivatives,
                          spectra.spectrum(*setting.convolver), setting.options.threads);
    }
  }
  if (plain.empty()) return;
  Convolver::Spectrum* const to = &spectra.spectrum(*setting.convolver);
  setting.convolver->add({&to, 1}, plain, setting.options.threads);
}

// Adds the profiles that are known by their transforms, through the PSF: to the spectra, or those with
// derivatives to `image`.
void add_split(const Setting& setting, const std::vector<Part>& parts, const Lights& lights, ImageView image,
               SpectrumPool& spectra) {
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
  setting.profiles->add(plain, spectra);
}

// Writes all but the sky, through the PSF, as far as it is not added to the spectra; returns how large the
// drawings were.
DrawnSize render_convolved(const Setting& setting, const std::vector<Part>& parts, const Lights& lights,
                           ImageView image, SpectrumPool& spectra, ImageView* bound,
                           Certificate& certificate) {
  DrawnSize size;
  std::ranges::fill(image.pixels(), 0.0);
  if (lights.integrates_elliptical()) {
    add_drawn(setting, Drawing::kPixels, image, size, [&](ImageView drawing) {
      render_elliptical(setting, parts, lights, drawing, bound, certificate);
    });
    // Their cells are boxes, through which what a cusp or an edge holds at high frequencies comes.
    certificate.limit_hit = true;
    certificate.estimated = true;
  }
  if (lights.draws_splines()) {
    add_drawn(setting, Drawing::kSplines, image, size, [&](ImageView drawing) {
      add_surfaces(setting, parts, lights, drawing, bound, certificate);
      add_images(setting, parts, lights, drawing, bound, certificate);
    });
  }
  add_points(setting, parts, spectra);
  add_split(setting, parts, lights, image, spectra);
  return size;
}

// Writes all but the sky, as it is.
void render_bare(const Setting& setting, const std::vector<Part>& parts, const Lights& lights,
                 ImageView image, ImageView* bound, Certificate& certificate) {
  render_elliptical(setting, parts, lights, image, bound, certificate);
  add_surfaces(setting, parts, lights, image, bound, certificate);
  add_images(setting, parts, lights, image, bound, certificate);
  for (const Part& part : parts) {
    if (part.family() == Family::kPoint) {
      add_bare_point(*part.component, part.roles, image, part.derivatives);
    }
  }
}

// Writes certificate.bound and its summary. `bound`: of the light that was integrated, on its grid.
void certify(const Setting& setting, const Lights& lights, const Image& bound, const DrawnSize& drawn,
             ConstImageView image, Certificate& certificate) {
  if (setting.has_psf() && lights.integrates()) {
    bound_image(setting.drawn().per_pixel(bound), &setting.drawn().convolver(), lights.light_size(drawn),
                certificate);
    add_pixels(drawn.aliasing.pixels(), certificate.bound.pixels());
  } else {
    bound_image(bound, setting.convolver.get(), lights.light_size(drawn), certificate);
  }
  sum_up(setting.options.tolerance, image, certificate);
}

// Zero times a number is NaN where the number is not finite; sums side by side take vector instructions.
bool all_finite(std::span<const double> pixels) {
  std::array<double, 8> sums{};
  const std::size_t whole = pixels.size() - pixels.size() % sums.size();
  for (std::size_t i = 0; i < whole; i += sums.size()) {
    for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += 0.0 * pixels[i + k];
  }
  for (const double pixel : pixels.subspan(whole)) sums[0] += 0.0 * pixel;
  return std::ranges::all_of(sums, [](double sum) { return sum == 0.0; });
}

void check_finite(ConstImageView image) {
  if (all_finite(image.pixels())) return;
  const auto found =
      std::ranges::find_if_not(image.pixels(), [](double pixel) { return std::isfinite(pixel); });
  throw InputError({"render", "image", fmt::format("{}", std::abs(*found)),
                    "light of these components is brighter than numbers can be",
                    "pixels below 1e300 counts"});
}

}  // namespace

Certificate render_image(const Setting& setting, const std::vector<Part>& parts, const Lights& lights,
                         ImageView image, SpectrumPool* shared) {
  stop_if_wanted();
  Certificate certificate;
  SpectrumPool own;
  Image bound;
  if (setting.options.certificate) {
    bound = Image(lights.integrates() ? setting.light_grid().shape : setting.model_grid().shape);
  }
  ImageView bound_view = bound.view();
  ImageView* bounds = setting.options.certificate ? &bound_view : nullptr;
  DrawnSize drawn;
  if (setting.has_psf()) {
    drawn = render_convolved(setting, parts, lights, image, shared != nullptr ? *shared : own, bounds,
                             certificate);
    own.add_to(image);
  } else {
    render_bare(setting, parts, lights, image, bounds, certificate);
  }
  certificate.total_flux = lights.total_flux();
  if (setting.options.certificate) certify(setting, lights, bound, drawn, image, certificate);
  for (const Part& part : parts) {
    if (part.family() == Family::kSky) add_sky(*part.component, part.indices, image, part.derivatives);
  }
  check_finite(image);
  certificate.evaluations_per_pixel =
      static_cast<double>(certificate.n_evaluations) / static_cast<double>(setting.model_grid().shape.size());
  return certificate;
}

}  // namespace gaxel
