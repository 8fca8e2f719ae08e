// Second derivatives of a render, along two directions and transposed.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/stop_scopes.hpp"
#include "gaxel/error.hpp"
#include "profile/make_law.hpp"
#include "render/add_pixels.hpp"
#include "render/convolved_point.hpp"
#include "render/passes.hpp"

namespace gaxel {
namespace {

// Along a direction in which nothing of a part changes its derivatives stay as they are.
bool moves(std::span<const double> direction) {
  return std::ranges::any_of(direction, [](double step) { return step != 0.0; });
}

LightRates rates_of(const EllipticalLight& light, const Part& part) {
  return light.rates(light_direction(part.roles, part.first));
}

}  // namespace

void check_second(const std::vector<Part>& parts) {
  for (const Part& part : parts) {
    if (part.roles.empty() || has_second_derivatives(*part.component)) continue;
    throw InputError({"render", "wanted", std::string(part.component->kind->name),
                      "second derivatives of this kind are not known",
                      "kinds of Sersic profiles, point sources and skies"});
  }
}

bool has_second_derivatives(const Component& component) {
  switch (component.kind->family) {
    case Family::kElliptical:
      return make_law(component)->has_rates();
    case Family::kPoint:
    case Family::kSky:
      return true;
    case Family::kSum:
      return std::ranges::all_of(component.kind->parts(component), [](const ComponentShare& part) {
        return has_second_derivatives(part.component);
      });
    case Family::kSurface:
    case Family::kImage:
    case Family::kTruncation:
      break;
  }
  return false;
}

void render_second(const Setting& setting, const std::vector<Part>& parts, const Lights& lights,
                   ImageView image) {
  std::ranges::fill(image.pixels(), 0.0);
  Image drawing;  // of what the PSF does not take by its transform
  for (const Part& part : parts) {
    if (!moves(part.first) || !moves(part.second)) continue;
    stop_if_wanted();
    if (part.family() == Family::kPoint && setting.has_psf()) {
      add_convolved_point_second(*part.component, *setting.convolver, part.roles, part.first, part.second,
                                 image, setting.options.threads);
    }
    if (part.family() != Family::kElliptical) continue;  // the rest is linear
    const LightRates rates = rates_of(lights.elliptical(part), part);
    const LightDirection second = light_direction(part.roles, part.second);
    if (const SplitLight* split = lights.split(part)) {
      setting.profiles->add_second_derivative(*split, rates, second, image);
      continue;
    }
    if (setting.has_psf() && drawing.empty()) drawing = Image(setting.drawn().shape(Drawing::kPixels));
    add_second_derivative(lights.planned(part), rates, second, setting.has_psf() ? drawing.view() : image);
  }
  if (drawing.empty()) return;
  Image convolved(image.shape());
  setting.drawn().convolve(Drawing::kPixels, drawing.view(), convolved.view());
  add_pixels(convolved.pixels(), image.pixels());
}

void render_second_gradient(const Setting& setting, const std::vector<Part>& parts, const Lights& lights,
                            ConstImageView cotangent) {
  Image of_drawing;
  std::optional<Convolver::Spectrum> of_points;
  for (const Part& part : parts) {
    if (part.roles.empty()) continue;
    stop_if_wanted();
    const std::span<double> gradient(part.gradient, part.roles.size());
    std::ranges::fill(gradient, 0.0);
    if (!moves(part.first)) continue;
    if (part.family() == Family::kPoint && setting.has_psf()) {
      if (!of_points) {
        of_points = setting.convolver->make_undefined_spectrum();
        setting.convolver->convolve_adjoint(cotangent, *of_points);
      }
      convolved_point_second_gradient(*part.component, *setting.convolver, part.roles, part.first, *of_points,
                                      part.gradient, setting.options.threads);
    }
    if (part.family() != Family::kElliptical) continue;
    const LightRates rates = rates_of(lights.elliptical(part), part);
    const std::vector<LightParameter> parameters = light_parameters(part.roles);
    if (const SplitLight* split = lights.split(part)) {
      setting.profiles->second_gradient(*split, rates, parameters, cotangent, gradient);
      continue;
    }
    if (setting.has_psf() && of_drawing.empty()) {
      of_drawing = Image(setting.drawn().shape(Drawing::kPixels));
      setting.drawn().gather(Drawing::kPixels, cotangent, setting.options.threads, of_drawing.view());
    }
    second_light_gradient(lights.planned(part), rates, parameters,
                          setting.has_psf() ? std::as_const(of_drawing).view() : cotangent, part.gradient);
  }
}

}  // namespace gaxel
