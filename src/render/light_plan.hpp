// The plans of a light that is integrated band by band, made, kept and used again: the same for every sort of
// light.
//
// A Light has a type Plan, that of a band, and
//
//   Plan plan_band(const LightOptions& options, int band) const;
//   bool holds(const Plan& plan, const PixelTolerance& tolerance) const;
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

#include "base/parallel.hpp"
#include "render/bands.hpp"

namespace gaxel {

/// The plans of one light, one for each band of the grid. Immutable.
template <class Light>
struct PlanOf {
  Grid grid;
  std::vector<typename Light::Plan> bands;
};

template <class Light>
using SharedPlanOf = std::shared_ptr<const PlanOf<Light>>;

/// A light, its plan (null: one is made and forgotten), and how it is rendered. Not owned.
template <class Light>
struct PlannedOf {
  const Light* light;
  const PlanOf<Light>* plan;
  LightOptions options;
};

/// The plans that a render without any makes.
template <class Light>
PlanOf<Light> plan_once(const Light& light, const LightOptions& options) {
  PlanOf<Light> plan{options.grid,
                     std::vector<typename Light::Plan>(static_cast<std::size_t>(n_bands(options.grid)))};
  parallel_for(n_bands(options.grid), options.threads,
               [&](int i) { plan.bands[static_cast<std::size_t>(i)] = light.plan_band(options, i); });
  return plan;
}

/// Plans for a light with some margin, to be used again while still_holds().
template <class Light>
SharedPlanOf<Light> plan_light(const Light& light, const LightOptions& options) {
  LightOptions tighter = options;
  tighter.tolerance.absolute *= kPlanMargin;
  tighter.tolerance.relative *= kPlanMargin;
  return std::make_shared<const PlanOf<Light>>(plan_once(light, tighter));
}

/// Whether a plan made by plan_light keeps the tolerance of these options for this light, too.
template <class Light>
bool still_holds(const PlanOf<Light>& plan, const Light& light, const LightOptions& options) {
  return plan.grid == options.grid && std::ranges::all_of(plan.bands, [&](const auto& band) {
           return light.holds(band, options.tolerance);
         });
}

/// The plan of a band that was given, or one made for the occasion.
template <class Light>
class BandPlan {
 public:
  BandPlan(const PlannedOf<Light>& planned, int band) {
    if (planned.plan != nullptr) {
      plan_ = &planned.plan->bands[static_cast<std::size_t>(band)];
    } else {
      made_ = planned.light->plan_band(planned.options, band);
      plan_ = &made_;
    }
  }
  BandPlan(const BandPlan&) = delete;
  BandPlan& operator=(const BandPlan&) = delete;

  const typename Light::Plan& operator*() const { return *plan_; }

 private:
  typename Light::Plan made_;
  const typename Light::Plan* plan_;
};

}  // namespace gaxel
