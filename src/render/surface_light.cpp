#include "render/surface_light.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gaxel/error.hpp"

namespace gaxel {
namespace {

double total_of(const Surface& surface, const Component& component, const Grid& grid) {
  double total = surface.unit_total();
  if (!std::isfinite(total)) total = light_inside(surface, grid);
  if (std::isfinite(total) && surface.is_finite()) return total;
  const auto norm = std::ranges::find_if(component.kind->parameters, is_norm, &ParameterSpec::role);
  throw InputError({std::string(component.kind->name),
                    norm == component.kind->parameters.end() ? "shape" : std::string(norm->name),
                    fmt::format("{}", component.norm()),
                    "light of this shape is brighter than numbers can be",
                    "a shape whose brightest and faintest light differ by less than a factor 1e300"});
}

}  // namespace

SurfaceLight::SurfaceLight(std::span<const Component> components, std::size_t which, const Grid& grid)
    : surface(components, which), total(total_of(surface, components[which], grid)) {}

SurfacePlan SurfaceLight::plan_band(const LightOptions& options, int band) const {
  return prepare_surface(surface, total,
                         {options.grid, band_of(options.grid, band), options.tolerance, false});
}

bool SurfaceLight::holds(const SurfacePlan& plan, const PixelTolerance& tolerance) const {
  return still_holds(plan, surface, total, tolerance);
}

void add_surface(const PlannedSurface& light, std::span<const std::size_t> wanted, Drawing drawing,
                 ImageView image, std::span<const ImageView> derivatives, ImageView* bound,
                 Certificate& certificate) {
  const Surface& surface = light.light->surface;
  certificate.estimated = true;
  // Splines reach into the next band.
  const int apart = drawing == Drawing::kPixels ? 1 : 2;
  for_each_band(light.options.grid, light.options.threads, apart, certificate, [&](int i, Tally& tally) {
    const BandPlan plan(light, i);
    tally.add((*plan).cells);
    tally.work.n_evaluations += count_wedge_nodes(*plan);
    if (wanted.empty()) {
      execute_surface(*plan, surface, surface.scale(), drawing, image);
    } else {
      execute_surface_with_derivatives(*plan, surface, wanted, drawing, image, derivatives);
    }
    if (bound != nullptr) add_surface_error(*plan, surface, std::abs(surface.scale()), *bound);
  });
}

void surface_gradient(const PlannedSurface& light, std::span<const std::size_t> wanted, Drawing drawing,
                      ConstImageView cotangent, std::span<double> gradient) {
  const int n = n_bands(light.options.grid);
  std::vector<std::vector<double>> sums(static_cast<std::size_t>(n), std::vector<double>(wanted.size(), 0.0));
  parallel_for(n, light.options.threads, [&](int i) {
    const BandPlan plan(light, i);
    execute_surface_adjoint(*plan, light.light->surface, wanted, drawing, cotangent,
                            sums[static_cast<std::size_t>(i)].data());
  });
  for (const std::vector<double>& sum : sums) {
    for (std::size_t k = 0; k < sum.size(); ++k) gradient[k] += sum[k];
  }
}

}  // namespace gaxel
