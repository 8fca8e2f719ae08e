// Carrying out the plan of a surface.
#pragma once

#include <span>

#include "gaxel/image.hpp"
#include "integrate/drawing.hpp"
#include "integrate/surface_plan.hpp"

namespace gaxel {

/// Adds `scale` times the unit light in the plan's band to `image`, a drawing on the whole grid. Splines also
/// reach rows of the next bands.
void execute_surface(const SurfacePlan& plan, const Surface& surface, double scale, Drawing drawing,
                     ImageView image);

/// The same for the light, and adds its derivatives with respect to parameters()[wanted[k]] to
/// derivatives[k].
void execute_surface_with_derivatives(const SurfacePlan& plan, const Surface& surface,
                                      std::span<const std::size_t> wanted, Drawing drawing, ImageView image,
                                      std::span<const ImageView> derivatives);

/// The transpose: adds to gradient[k] the sum over the drawing of cotangent * derivative of the band's light.
void execute_surface_adjoint(const SurfacePlan& plan, const Surface& surface,
                             std::span<const std::size_t> wanted, Drawing drawing, ConstImageView cotangent,
                             double* gradient);

/// Adds the estimated error of each of the band's pixels, for `scale` times the unit light, to `bound`.
void add_surface_error(const SurfacePlan& plan, const Surface& surface, double scale, ImageView bound);

/// Whether a plan serves this surface, too: the errors estimated for its cells keep the tolerance (see
/// prepare_surface), nothing can lie between their nodes unseen, and the same pixels hold the centre.
bool still_holds(const SurfacePlan& plan, const Surface& surface, double total,
                 const PixelTolerance& tolerance);

/// Nodes of the plan's wedges, which count_work(plan.cells) does not count.
std::int64_t count_wedge_nodes(const SurfacePlan& plan);

}  // namespace gaxel
