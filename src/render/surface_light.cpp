#include "render/surface_light.hpp"

#include <algorithm>
#include <cmath>

namespace gaxel {
namespace {

SurfacePlan plan_band(const SurfaceLight& light, const LightOptions& options, int i) {
  return prepare_surface(light.surface, light.total,
                         {options.grid, band_of(options.grid, i), options.tolerance, false});
}

// A plan that was given, or one made for the occasion.
class BandPlan {
 public:
  BandPlan(const PlannedSurface& planned, int band) {
    if (planned.plan != nullptr) {
      plan_ = &planned.plan->bands[static_cast<std::size_t>(band)];
    } else {
      made_ = plan_band(*planned.light, planned.options, band);
      plan_ = &made_;
    }
  }
  BandPlan(const BandPlan&) = delete;
  BandPlan& operator=(const BandPlan&) = delete;

  const SurfacePlan& operator*() const { return *plan_; }

 private:
  SurfacePlan made_;
  const SurfacePlan* plan_;
};

double total_of(const Surface& surface, const Grid& grid) {
  const double total = surface.unit_total();
  return std::isfinite(total) ? total : light_inside(surface, grid);
}

}  // namespace

SurfaceLight::SurfaceLight(std::span<const Component> components, std::size_t which, const Grid& grid)
    : surface(components, which), total(total_of(surface, grid)) {}

SurfaceLightPlan plan_once(const SurfaceLight& light, const LightOptions& options) {
  SurfaceLightPlan plan{options.grid,
                        std::vector<SurfacePlan>(static_cast<std::size_t>(n_bands(options.grid)))};
  parallel_for(n_bands(options.grid), options.threads,
               [&](int i) { plan.bands[static_cast<std::size_t>(i)] = plan_band(light, options, i); });
  return plan;
}

SharedSurfacePlan plan_light(const SurfaceLight& light, const LightOptions& options) {
  LightOptions tighter = options;
  tighter.tolerance.absolute *= kPlanMargin;
  tighter.tolerance.relative *= kPlanMargin;
  return std::make_shared<const SurfaceLightPlan>(plan_once(light, tighter));
}

bool still_holds(const SurfaceLightPlan& plan, const SurfaceLight& light, const LightOptions& options) {
  return plan.grid == options.grid && std::ranges::all_of(plan.bands, [&](const SurfacePlan& band) {
           return still_holds(band, light.surface, light.total, options.tolerance);
         });
}

void add_surface(const PlannedSurface& light, std::span<const std::size_t> wanted, ImageView image,
                 std::span<const ImageView> derivatives, ImageView* bound, Certificate& certificate) {
  const Surface& surface = light.light->surface;
  certificate.estimated = true;
  for_each_band(light.options.grid, light.options.threads, certificate, [&](int i, Tally& tally) {
    const BandPlan plan(light, i);
    tally.add((*plan).cells);
    tally.work.n_evaluations += count_wedge_nodes(*plan);
    if (wanted.empty()) {
      execute_surface(*plan, surface, surface.scale(), image);
    } else {
      execute_surface_with_derivatives(*plan, surface, wanted, image, derivatives);
    }
    if (bound != nullptr) add_surface_error(*plan, surface, std::abs(surface.scale()), *bound);
  });
}

void surface_gradient(const PlannedSurface& light, std::span<const std::size_t> wanted,
                      ConstImageView cotangent, std::span<double> gradient) {
  const int n = n_bands(light.options.grid);
  std::vector<std::vector<double>> sums(static_cast<std::size_t>(n), std::vector<double>(wanted.size(), 0.0));
  parallel_for(n, light.options.threads, [&](int i) {
    const BandPlan plan(light, i);
    execute_surface_adjoint(*plan, light.light->surface, wanted, cotangent,
                            sums[static_cast<std::size_t>(i)].data());
  });
  for (const std::vector<double>& sum : sums) {
    for (std::size_t k = 0; k < sum.size(); ++k) gradient[k] += sum[k];
  }
}

}  // namespace gaxel
