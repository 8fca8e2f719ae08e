// The leaves of a plan as plain rectangles.
#pragma once

#include "gaxel/render.hpp"
#include "render/light.hpp"
#include "render/surface_light.hpp"

namespace gaxel {

CellMap cells_of(const LightPlan& plan);

/// Wedges about the centre make up cells of CellKind::kCusp.
CellMap cells_of(const SurfaceLightPlan& plan);

}  // namespace gaxel
