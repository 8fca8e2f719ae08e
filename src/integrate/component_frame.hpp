// The ellipse of a component.
#pragma once

#include "gaxel/component.hpp"
#include "integrate/ellipse_frame.hpp"

namespace gaxel {

/// The frame of a component of Family::kElliptical.
inline EllipseFrame frame_of(const Component& c) {
  return {c.value(Role::kX), c.value(Role::kY), c.value(Role::kRe), c.value(Role::kQ), c.value(Role::kTheta)};
}

}  // namespace gaxel
