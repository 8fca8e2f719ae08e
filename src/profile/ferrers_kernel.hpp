// The Ferrers law in vectors.
#pragma once

#include <cstddef>

#include "profile/radial_law.hpp"

namespace gaxel {

struct FerrersConstants;

void ferrers_values(const FerrersConstants& constants, const double* s, std::size_t n, double* g);
void ferrers_log_values(const FerrersConstants& constants, const double* s, std::size_t n, double* log_g);
void ferrers_partials(const FerrersConstants& constants, const double* s, std::size_t n, double* g,
                      double* g_s, double* g_alpha, double* g_beta);
void ferrers_log_bounds(const FerrersConstants& constants, const ComplexReach& reach, float* bounds);

}  // namespace gaxel
