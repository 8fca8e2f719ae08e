// The constant b_n that makes re the half-light radius of a Sersic profile.
#pragma once

namespace gaxel {

/// b with P(2n, b) = 1/2, and its derivative.
struct SersicB {
  double b;
  double db_dn;
};

/// Solves P(2n, b) = 1/2 to full precision (Ciotti 1991), for 0.1 <= n <= 20; NaN outside.
SersicB sersic_b(double n);

}  // namespace gaxel
