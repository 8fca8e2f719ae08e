// The King law in vectors.
#pragma once

#include <cstddef>

#include "profile/radial_law.hpp"

namespace gaxel {

struct KingConstants;

void king_values(const KingConstants& constants, const double* s, std::size_t n, double* g);
void king_log_values(const KingConstants& constants, const double* s, std::size_t n, double* log_g);
void king_partials(const KingConstants& constants, const double* s, std::size_t n, double* g, double* g_s,
                   double* g_c, double* g_alpha);
void king_log_bounds(const KingConstants& constants, const ComplexReach& reach, float* bounds);

}  // namespace gaxel
