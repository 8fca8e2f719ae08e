// Smooth truncation (Peng et al. 2010, AJ 139, 2097, appendix B).
#pragma once

#include <cmath>

namespace gaxel {

/// P(r) = (tanh((2 - B) r / r_break + B) + 1) / 2, B = 2.65 - 4.98 r_break / softening, softening = r_break -
/// r_soft: 0.982 at r_break, below 0.01 at r_soft, rising between. A component cut inside is multiplied by P,
/// one cut outside by 1 - P. T: double or a dual number.
template <class T>
class Truncation {
 public:
  /// Both in pixels, above 0. Rises for softening < 7.66 r_break.
  Truncation(const T& r_break, const T& softening)
      : r_break_(r_break), slope_(4.98 / softening - 0.65 / r_break) {}

  T share(const T& r) const {
    using std::exp;
    // (tanh(a) + 1) / 2, which keeps its digits where it is small.
    return 1.0 / (1.0 + exp(-2.0 * (slope_ * (r - r_break_) + 2.0)));
  }

  /// 1 - share(r).
  T rest(const T& r) const {
    using std::exp;
    return 1.0 / (1.0 + exp(2.0 * (slope_ * (r - r_break_) + 2.0)));
  }

 private:
  T r_break_;
  T slope_;
};

}  // namespace gaxel
