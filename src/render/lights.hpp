// The profiles of a render, and the plans that are kept for them.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "render/image_bound.hpp"
#include "render/parts.hpp"
#include "render/setting.hpp"
#include "render/surface_parts.hpp"

namespace gaxel {

class RenderPlan::Impl {
 public:
  Grid grid;                                ///< where light counts: Setting::model_grid()
  std::vector<SharedLightPlan> elliptical;  ///< in order; null for those that need no cells
  std::vector<SharedSurfacePlan> surfaces;
  int n_made = 0;
};

/// Profiles made ready for one render: the radial laws on ellipses, of which those that the PSF spreads by
/// their transforms are split, and the surfaces.
class Lights {
 public:
  /// `plan` may be null. Throws InputError if it is for other components or another setting. All arguments
  /// are kept by reference.
  Lights(const Setting& setting, std::span<const Component> components, const std::vector<Part>& parts,
         const RenderPlan::Impl* plan);

  const EllipticalLight& elliptical(const Part& part) const { return elliptical_[part.light]; }
  const SurfaceLight& surface(const Part& part) const { return surfaces_[part.light]; }
  const Surfaces& surfaces() const { return surfaces_; }

  /// The light of a part of Family::kElliptical, split; null if it is integrated.
  const SplitLight* split(const Part& part) const { return splits_[part.light].get(); }

  /// Whether some light is integrated on the light grid.
  bool integrates() const { return integrates_elliptical() || draws_splines(); }
  /// Whether some of that is drawn with splines where there is a PSF.
  bool draws_splines() const { return surfaces_.size() > 0 || n_images_ > 0; }
  bool integrates_elliptical() const;

  PlannedLight planned(const Part& part) const;
  PlannedSurface planned_surface(const Part& part) const;

  /// How a part of Family::kImage is rendered.
  LightOptions image_options(const Part& part) const;

  /// Summed |flux| of all that is no sky.
  double total_flux() const;

  /// `drawn`: of the light that was integrated and convolved.
  LightSize light_size(const DrawnSize& drawn) const;

  /// Plans for the lights that are integrated, taken over from `previous` (may be null) where they hold.
  std::shared_ptr<const RenderPlan::Impl> prepare(const RenderPlan::Impl* previous) const;

 private:
  LightOptions options(double flux) const;
  void check_plan() const;

  const Setting& setting_;
  const std::vector<Part>& parts_;
  const RenderPlan::Impl* plan_;
  std::vector<EllipticalLight> elliptical_;
  std::vector<std::unique_ptr<const SplitLight>> splits_;
  Surfaces surfaces_;
  std::size_t n_images_;
};

}  // namespace gaxel
