// A flat bar: a broken exponential along the major axis, which away from it turns into a single one,
//
//   I = S exp(-r) (1 + exp(alpha (r - B)))^((1 - 1/H) / alpha), 1 in the centre,
//
// r the elliptical radius in units of the inner scale length. B is the break where it lies on the ellipse of
// true distance rb; 1/H that of the outer scale length on the axis, turning with the square of the angle from
// it into the inner one at the angle `opening` (Erwin et al. 2021, MNRAS 502, 2446; Imfit's FlatBar).
#pragma once

#include "profile/law_template.hpp"

namespace gaxel {

template <class T>
class FlatBar {
 public:
  static constexpr std::size_t kShapes = 5;

  /// Outer scale length and break radius over the inner scale length, alpha times it, opening, axis ratio.
  explicit FlatBar(const T* shapes)
      : outer_(shapes[0]), break_(shapes[1]), alpha_(shapes[2]), opening_(shapes[3]), q_(shapes[4]) {}

  T intensity(const T& u, const T& v) const {
    using std::atan2;
    using std::exp;
    using std::sqrt;
    const T x = value_of(u) < 0.0 ? -u : u;
    const T y = value_of(v) < 0.0 ? -v : v;
    constexpr double kCentre = 1e-150;
    const T across = y / q_;
    if (!(value_of(x) > kCentre || value_of(y) > kCentre)) return T(1.0);
    const T r = sqrt(x * x + across * across);
    const T angle = atan2(y, x) / opening_;
    if (value_of(angle) >= 1.0) return exp(-r);
    const T outer = outer_ + (T(1.0) - outer_) * angle * angle;
    const T at = break_ * r / sqrt(x * x + y * y);
    const T power = (T(1.0) - T(1.0) / outer) / alpha_;
    return exp(-r + power * (softplus(alpha_ * (r - at)) - softplus(-alpha_ * at)));
  }

  T total() const { return T(std::numeric_limits<double>::infinity()); }

  std::vector<LawFeature> features() const {
    return {{LawAxis::kMajor, 0.0, 0.5},
            {LawAxis::kMinor, 0.0, 0.5 * value_of(q_)},
            {LawAxis::kAngle, value_of(opening_), 0.0, true},
            {LawAxis::kRadius, value_of(break_), std::clamp(4.0 / value_of(alpha_), 1e-3, 1.0)}};
  }
  double centre_power() const { return 1.0; }

 private:
  T outer_;
  T break_;
  T alpha_;
  T opening_;
  T q_;
};

}  // namespace gaxel
