// Smooth truncation (Peng et al. 2010, AJ 139, 2097, appendix B).
#pragma once

#include <cmath>

#include "math/dual.hpp"

namespace gaxel {

/// The largest softening, in break radii: from 4.98 / 0.65 on P would fall outwards.
inline constexpr double kMostSoftening = 7.66;

/// P(r) = (tanh((2 - B) r / r_break + B) + 1) / 2, B = 2.65 - 4.98 r_break / softening, softening = r_break -
/// r_soft: 0.982 at r_break, below 0.01 at r_soft, rising between. A component cut inside is multiplied by P,
/// one cut outside by 1 - P. T: double or a dual number.
template <class T>
class Truncation {
 public:
  /// Both in pixels, above 0, softening at most kMostSoftening break radii.
  Truncation(const T& r_break, const T& softening)
      : r_break_(r_break), slope_(4.98 / softening - 0.65 / r_break) {}

  T share(const T& r) const { return logistic(2.0 * (slope_ * (r - r_break_) + 2.0)); }

  /// 1 - share(r).
  T rest(const T& r) const { return logistic(-2.0 * (slope_ * (r - r_break_) + 2.0)); }

 private:
  // (tanh(x / 2) + 1) / 2, which keeps its digits where it is small; of the power that does not overflow,
  // which dual numbers would divide by itself.
  static T logistic(const T& x) {
    using std::exp;
    if (value_of(x) > 0.0) return 1.0 / (1.0 + exp(-x));
    const T power = exp(x);
    return power / (1.0 + power);
  }

  T r_break_;
  T slope_;
};

}  // namespace gaxel
