// The leaves of a plan as plain rectangles.
#pragma once

#include "gaxel/render.hpp"
#include "render/light.hpp"

namespace gaxel {

CellMap cells_of(const LightPlan& plan);

}  // namespace gaxel
