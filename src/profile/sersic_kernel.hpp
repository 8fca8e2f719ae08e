// Vectorised evaluation of the Sersic law; the widest instructions of the machine are chosen at run time.
#pragma once

#include <cstddef>

#include "profile/radial_law.hpp"

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

/// The same in `values`, and what they change by where s[i] changes by s_rates[i] and n by n_rate in `rates`:
/// RadialLaw::evaluate_with_rates. s below 1e-80 counts as that.
void sersic_rates(const SersicConstants& constants, const double* s, const double* s_rates, std::size_t n,
                  double n_rate, const LawPartials& values, const LawPartials& rates);

}  // namespace gaxel
