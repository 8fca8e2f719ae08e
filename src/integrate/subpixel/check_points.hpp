// What positions have to be before anything is integrated around them.
#pragma once

#include <span>

#include "gaxel/integration.hpp"

namespace gaxel {

/// Throws InputError naming the first of `values` that is not finite as name[index].
void check_finite(const char* name, std::span<const double> values);

/// The same for both coordinates, "i" and "j".
void check_finite(PointsView points);

}  // namespace gaxel
