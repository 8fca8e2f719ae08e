// The broken exponential I = S exp(-r) (1 + exp(alpha (r - B)))^((1 - 1/H) / alpha), 1 in the centre; r = 1
// is the inner scale length, H = h2 / h1, B = rb / h1 (Erwin, Pohlen & Beckman 2008, AJ 135, 20, eq. 5;
// Imfit's).
#pragma once

#include "profile/law_template.hpp"

namespace gaxel {

template <class T>
class BrokenExponential {
 public:
  static constexpr std::size_t kShapes = 3;

  explicit BrokenExponential(const T* shapes) : outer_(shapes[0]), break_(shapes[1]), alpha_(shapes[2]) {
    power_ = (T(1.0) - T(1.0) / outer_) / alpha_;
    log_centre_ = softplus(-alpha_ * break_);
  }

  T intensity(const T& r) const {
    using std::exp;
    return exp(-r + power_ * (softplus(alpha_ * (r - break_)) - log_centre_));
  }

  T total() const {
    const double b = value_of(break_);
    return radial_total<T>(*this, {b, b + std::max(1.0, value_of(outer_))});
  }

  std::vector<LawFeature> features() const {
    return {{LawAxis::kRadius, 0.0, 0.5},
            {LawAxis::kRadius, value_of(break_), std::clamp(4.0 / value_of(alpha_), 1e-3, 1.0)}};
  }
  double centre_power() const { return 1.0; }

 private:
  T outer_;
  T break_;
  T alpha_;
  T power_;
  T log_centre_;
};

}  // namespace gaxel
