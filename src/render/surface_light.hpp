// Unconvolved light of surfaces on a grid: components of Family::kSurface.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "gaxel/component.hpp"
#include "gaxel/render.hpp"
#include "integrate/surface_execute.hpp"
#include "profile/surface.hpp"
#include "render/bands.hpp"

namespace gaxel {

/// A surface, and what its unit light amounts to: in all, or inside the grid where it has no finite total.
struct SurfaceLight {
  Surface surface;
  double total;

  SurfaceLight(std::span<const Component> components, std::size_t which, const Grid& grid);

  double flux() const { return std::abs(surface.scale()) * total; }
};

struct SurfaceLightPlan {
  Grid grid;
  std::vector<SurfacePlan> bands;
};

using SharedSurfacePlan = std::shared_ptr<const SurfaceLightPlan>;

/// As plan_once, plan_light and still_holds of elliptical lights. A plan holds while the errors that are
/// estimated for its cells keep the tolerance, nothing can hide between their nodes, and the centre is in the
/// same pixel.
SurfaceLightPlan plan_once(const SurfaceLight& light, const LightOptions& options);
SharedSurfacePlan plan_light(const SurfaceLight& light, const LightOptions& options);
bool still_holds(const SurfaceLightPlan& plan, const SurfaceLight& light, const LightOptions& options);

/// A light, its plan (null: one is made and forgotten), and how it is rendered. Not owned.
struct PlannedSurface {
  const SurfaceLight* light;
  const SurfaceLightPlan* plan;
  LightOptions options;
};

/// Adds the light to `image`, its derivatives with respect to its parameters `wanted` to `derivatives`, and
/// with `bound` each pixel's estimated error to it. The result does not depend on the number of threads.
void add_surface(const PlannedSurface& light, std::span<const std::size_t> wanted, ImageView image,
                 std::span<const ImageView> derivatives, ImageView* bound, Certificate& certificate);

/// Adds to gradient[k] the sum over the pixels of cotangent * derivative. Bands are added in order.
void surface_gradient(const PlannedSurface& light, std::span<const std::size_t> wanted,
                      ConstImageView cotangent, std::span<double> gradient);

}  // namespace gaxel
