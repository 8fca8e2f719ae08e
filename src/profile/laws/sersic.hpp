// The Sersic law I = exp(-b_n r^(1/n)).
#pragma once

#include "profile/law_template.hpp"

namespace gaxel {

template <class T>
class Sersic {
 public:
  static constexpr std::size_t kShapes = 1;

  explicit Sersic(const T* shapes) : n_(shapes[0]), b_(sersic_b_of(shapes[0])) {}

  T intensity(const T& r) const {
    using std::exp;
    using std::log;
    return exp(-b_ * exp(log(r) / n_));
  }

  /// 2 pi n b^-2n Gamma(2n).
  T total() const {
    using std::exp;
    using std::log;
    return T(2.0 * std::numbers::pi) * n_ * exp(log_gamma(T(2.0) * n_) - T(2.0) * n_ * log(b_));
  }

  std::vector<LawFeature> features() const { return {{LawAxis::kRadius, 0.0, 0.3}}; }
  double centre_power() const { return std::max(1.0, value_of(n_)); }

 private:
  T n_;
  T b_;
};

}  // namespace gaxel
