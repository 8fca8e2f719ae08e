// Bernstein ellipses in vectors.
#pragma once

#include <array>

#include "profile/radial_law.hpp"

namespace gaxel {

using PerReach = std::array<double, kReaches.size()>;

/// For each reach e: the ellipse that lies within the disc of radius e reach half-widths about the cell's
/// centre has rho = r + sqrt(r^2 - 1), r = e reach. Writes ln rho and -ln(1 - 1/rho); where r <= 1, an
/// infinite second one.
void bernstein_ellipses(double reach, PerReach& log_rho, PerReach& log_series);

}  // namespace gaxel
