// Vectorised evaluation of the Sersic law; the widest instructions of the machine are chosen at run time.
#pragma once

#include <cstddef>

namespace gaxel {

struct SersicConstants;

/// g[i] = I0 exp(-b s[i]^p); s and g may be one array. Relative error: RadialLaw::rounding, as long as g >
/// 2^-1022 I0; below, a number from 0 to that.
void sersic_values(const SersicConstants& constants, const double* s, std::size_t n, double* g);

/// ln g; s from 0 to the smallest normal number may count as one of half that size.
void sersic_log_values(const SersicConstants& constants, const double* s, std::size_t n, double* log_g);

/// g, and dg/ds and dg/dn at fixed flux; no array may be another.
void sersic_partials(const SersicConstants& constants, const double* s, std::size_t n, double* g, double* g_s,
                     double* g_n);

}  // namespace gaxel
