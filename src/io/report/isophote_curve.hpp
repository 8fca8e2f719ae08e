// The form of isophotes that are no ellipses: boxes, Fourier modes, spirals.
#pragma once

#include <vector>

#include "gaxel/scene.hpp"
#include "io/report/image_panel.hpp"

namespace gaxel::io::report {

/// Where the light of a radial law on a shape is that at its scale radius, as short pieces in no order.
/// Values of the component must be set. None where the curve reaches beyond four scale radii on all sides.
std::vector<Segment> isophote_curve(const SceneComponent& component);

}  // namespace gaxel::io::report
