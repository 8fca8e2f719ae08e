#include "io/report/galaxy_profiles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "io/report/fit_pictures.hpp"

namespace gaxel::io::report {
namespace {

constexpr std::size_t kMaxGalaxies = 3;

double value_or(const SceneComponent& component, Role role, double fallback) {
  return component.kind->index_of(role) < 0 ? fallback : component.parameter(role).value;
}

Ellipses ellipses_of(const SceneComponent& component) {
  // A spiral's q and theta are in the plane of its disc.
  for (const std::string spiral : {"spiral", "logspiral"}) {
    const int inclination = component.kind->index_of(spiral + "_inclination");
    if (inclination < 0) continue;
    const int node = component.kind->index_of(spiral + "_node");
    return {component.parameter(Role::kX).value, component.parameter(Role::kY).value,
            std::cos(component.parameters[static_cast<std::size_t>(inclination)].value),
            component.parameters[static_cast<std::size_t>(node)].value};
  }
  return {component.parameter(Role::kX).value, component.parameter(Role::kY).value,
          value_or(component, Role::kQ, 1.0), value_or(component, Role::kTheta, 0.0)};
}

bool inside(const Ellipses& ellipses, Shape shape) {
  return ellipses.x >= -0.5 && ellipses.y >= -0.5 && ellipses.x <= shape.nx - 0.5 &&
         ellipses.y <= shape.ny - 0.5;
}

// Indices of the components that stand for the brightest galaxies, brightest first.
std::vector<std::size_t> brightest_galaxies(const Scene& scene, std::span<const Image> component_images,
                                            Shape shape) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < scene.components.size(); ++i) {
    const SceneComponent& component = scene.components[i];
    if (!is_source(component.kind->family) || !inside(ellipses_of(component), shape)) continue;
    order.push_back(i);
  }
  std::vector<double> fluxes;
  for (std::size_t i = 0; i < scene.components.size(); ++i) {
    const auto pixels = component_images[i].pixels();
    // Kinds without a flux have that of their image.
    const double light = std::accumulate(pixels.begin(), pixels.end(), 0.0);
    fluxes.push_back(value_or(scene.components[i], Role::kFlux, light));
  }
  const auto flux = [&](std::size_t i) { return fluxes[i]; };
  std::erase_if(order, [&](std::size_t i) { return !(flux(i) > 0.0); });
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return flux(a) > flux(b); });
  std::vector<std::size_t> chosen;
  for (const std::size_t i : order) {
    const Ellipses here = ellipses_of(scene.components[i]);
    const auto same_galaxy = [&](std::size_t other) {
      const Ellipses there = ellipses_of(scene.components[other]);
      const double near = std::max(3.0, 0.25 * value_or(scene.components[other], Role::kRe, 0.0));
      return std::hypot(here.x - there.x, here.y - there.y) < near;
    };
    if (std::none_of(chosen.begin(), chosen.end(), same_galaxy)) chosen.push_back(i);
    if (chosen.size() == kMaxGalaxies) break;
  }
  return chosen;
}

// Keeps the curves that contribute somewhere; the others would only fill the legend.
void keep_visible(ProfilePlot& plot) {
  constexpr double kVisibleShare = 0.02;
  for (std::size_t k = plot.curves.size(); k-- > 0;) {
    const auto visible = [&](const Annulus& annulus) {
      return annulus.models[k + 1] > kVisibleShare * std::abs(annulus.models[0]);
    };
    if (std::any_of(plot.annuli.begin(), plot.annuli.end(), visible)) continue;
    const auto at = static_cast<std::ptrdiff_t>(k);
    plot.curves.erase(plot.curves.begin() + at);
    for (Annulus& annulus : plot.annuli) annulus.models.erase(annulus.models.begin() + at + 1);
  }
}

}  // namespace

std::vector<ProfilePlot> galaxy_profiles(const TaskImage& task, const FitResult& result,
                                         std::span<const Image> component_images,
                                         std::optional<double> pixel_scale, const std::string& suffix) {
  const Scene& scene = result.scene;
  const Observation& observation = task.observation;
  const Image sky =
      sky_image(result.bands.front().components, component_images, result.bands.front().model.shape());
  std::vector<ConstImageView> models = {sky.view(), result.bands.front().model.view()};
  std::vector<ProfileCurve> curves;
  for (std::size_t i = 0; i < scene.components.size(); ++i) {
    if (!is_source(scene.components[i].kind->family)) continue;
    models.push_back(component_images[i].view());
    curves.push_back({scene.components[i].name, component_color(i)});
  }
  std::vector<ProfilePlot> plots;
  for (const std::size_t i :
       brightest_galaxies(scene, component_images, result.bands.front().model.shape())) {
    ProfilePlot plot;
    plot.id = fmt::format("profile-{}{}", i + 1, suffix);
    plot.title = fmt::format("Profile about {}", scene.components[i].name);
    plot.curves = curves;
    plot.annuli = radial_profile(observation.data.view(), observation.sigma.view(), observation.used, models,
                                 ellipses_of(scene.components[i]));
    for (Annulus& annulus : plot.annuli) {
      const double sky_mean = annulus.models.front();
      annulus.models.erase(annulus.models.begin());
      annulus.models.front() -= sky_mean;
      annulus.data -= sky_mean;
    }
    if (task.photometry.zeropoint) {
      const double area = pixel_scale ? *pixel_scale * *pixel_scale : 1.0;
      plot.magnitude = [area, photometry = task.photometry](double counts) {
        return photometry.magnitude(counts / area);
      };
      plot.magnitude_title = pixel_scale ? "mag / arcsec²" : "mag / pixel²";
    }
    keep_visible(plot);
    plots.push_back(std::move(plot));
  }
  return plots;
}

}  // namespace gaxel::io::report
