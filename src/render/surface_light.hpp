// Unconvolved light of surfaces on a grid: components of Family::kSurface.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "gaxel/component.hpp"
#include "gaxel/render.hpp"
#include "integrate/surface_execute.hpp"
#include "profile/surface.hpp"
#include "render/light_plan.hpp"

namespace gaxel {

/// A surface, and what its unit light amounts to: in all, or inside the grid where it has no finite total.
struct SurfaceLight {
  using Plan = SurfacePlan;

  Surface surface;
  double total;

  SurfaceLight(std::span<const Component> components, std::size_t which, const Grid& grid);

  double flux() const { return std::abs(surface.scale()) * total; }

  Plan plan_band(const LightOptions& options, int band) const;
  /// Whether the errors that are estimated for the plan's cells keep the tolerance, nothing can hide between
  /// their nodes, and the centre is in the same pixel.
  bool holds(const Plan& plan, const PixelTolerance& tolerance) const;
};

using SurfaceLightPlan = PlanOf<SurfaceLight>;
using SharedSurfacePlan = SharedPlanOf<SurfaceLight>;
using PlannedSurface = PlannedOf<SurfaceLight>;

/// Adds the light, drawn like that, to `image`, its derivatives with respect to its parameters `wanted` to
/// `derivatives`, and with `bound` each cell's estimated error to it. The result does not depend on the
/// number of threads.
void add_surface(const PlannedSurface& light, std::span<const std::size_t> wanted, Drawing drawing,
                 ImageView image, std::span<const ImageView> derivatives, ImageView* bound,
                 Certificate& certificate);

/// Adds to gradient[k] the sum over the drawing of cotangent * derivative. Bands are added in order.
void surface_gradient(const PlannedSurface& light, std::span<const std::size_t> wanted, Drawing drawing,
                      ConstImageView cotangent, std::span<double> gradient);

}  // namespace gaxel
