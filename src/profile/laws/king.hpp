// The modified King law I = ((1 + r^2)^(-1/alpha) - (1 + c^2)^(-1/alpha))^alpha inside r = c, nothing
// outside; r = 1 is the core radius (Elson 1999, in Globular Clusters, Cambridge, p. 209; alpha = 2: King
// 1962, AJ 67, 471).
#pragma once

#include "profile/law_template.hpp"

namespace gaxel {

template <class T>
class King {
 public:
  static constexpr std::size_t kShapes = 2;

  explicit King(const T* shapes) : c_(shapes[0]), alpha_(shapes[1]) {}

  T intensity(const T& r) const {
    using std::exp;
    using std::expm1;
    using std::log;
    using std::log1p;
    if (!(value_of(r) < value_of(c_))) return T(0.0);
    // The two powers taken together, so that nothing is lost next to the edge.
    const T inner = T(1.0) + r * r;
    const T log_ratio = log1p((c_ - r) * (c_ + r) / inner);
    return exp(-log(inner) + alpha_ * log(-expm1(-log_ratio / alpha_)));
  }

  // In r = c (1 - w): the edge then stays where it is when c changes.
  T total() const {
    const auto ring = [this](const T& w) {
      const T r = c_ * (T(1.0) - w);
      return T(2.0 * std::numbers::pi) * c_ * r * intensity(r);
    };
    return integral_between<T>(ring, 0.0, 1.0);
  }

  std::vector<LawFeature> features() const {
    return {{LawAxis::kRadius, 0.0, 0.3}, {LawAxis::kRadius, value_of(c_), 0.0}};
  }
  double centre_power() const { return 1.0; }

 private:
  T c_;
  T alpha_;
};

}  // namespace gaxel
