// Parameters of a sky that is a sum of Chebyshev polynomials.
#pragma once

#include <span>

#include "gaxel/component.hpp"

namespace gaxel {

inline constexpr int kMaxChebyshevOrder = 9;

/// c00, c10, ..., c01, ...: cij of T_i(u) T_j(v) for i + j <= order, i running fastest; then the middle x, y
/// and the half sides half_width, half_height of the domain on which u and v are -1 to 1.
std::span<const ParameterSpec> chebyshev_parameters(int order);

}  // namespace gaxel
