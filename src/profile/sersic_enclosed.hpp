// The enclosed flux of the Sersic law in vectors, for the closed form of the cusp.
#pragma once

#include <cstddef>

namespace gaxel {

struct SersicConstants;

/// G(s) = F(<s) / (2 pi s) at unit flux, and dG/dn and d2G/dn2 unless d_n, or d2_n, is null: n I0 e^-x S(2n,
/// x) with x = b s^p and the all-positive series S(a, x) = sum_k x^k / (a)_(k+1) (DLMF 8.7.1), 1 / (2 pi s)
/// where all but 1e-17 of the flux is inside. s below the smallest normal number counts as that. Relative
/// error of G: SersicLaw::enclosed_rounding.
void sersic_enclosed(const SersicConstants& constants, const double* s, std::size_t n, double* mean,
                     double* d_n, double* d2_n);

}  // namespace gaxel
