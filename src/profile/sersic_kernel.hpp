// Vectorised evaluation of the Sersic law; the widest instructions of the machine are chosen at run time.
#pragma once

#include <cstddef>

namespace gaxel {

struct SersicConstants;

/// g[i] = I0 exp(-b s[i]^p). Relative error: RadialLaw::rounding.
void sersic_values(const SersicConstants& constants, const double* s, std::size_t n, double* g);

/// ln g; s below the smallest normal number counts as that.
void sersic_log_values(const SersicConstants& constants, const double* s, std::size_t n, double* log_g);

/// g, and dg/ds and dg/dn at fixed flux.
void sersic_partials(const SersicConstants& constants, const double* s, std::size_t n, double* g, double* g_s,
                     double* g_n);

}  // namespace gaxel
