// The modified Ferrers law I = (1 - r^(2 - beta))^alpha inside r = 1, nothing outside (Ferrers 1877; Peng et
// al. 2010, AJ 139, 2097, eq. 12).
#pragma once

#include "profile/law_template.hpp"

namespace gaxel {

template <class T>
class Ferrers {
 public:
  static constexpr std::size_t kShapes = 2;

  explicit Ferrers(const T* shapes) : alpha_(shapes[0]), power_(T(2.0) - shapes[1]) {}

  T intensity(const T& r) const {
    using std::exp;
    using std::expm1;
    using std::log;
    if (!(value_of(r) < 1.0)) return T(0.0);
    if (!(value_of(r) > 0.0)) return T(1.0);
    return exp(alpha_ * log(-expm1(power_ * log(r))));
  }

  /// 2 pi / p B(2/p, alpha + 1), p = 2 - beta.
  T total() const {
    using std::exp;
    const T a = T(2.0) / power_;
    const T b = alpha_ + T(1.0);
    return T(2.0 * std::numbers::pi) / power_ * exp(log_gamma(a) + log_gamma(b) - log_gamma(a + b));
  }

  std::vector<LawFeature> features() const {
    return {{LawAxis::kRadius, 0.0, 0.2}, {LawAxis::kRadius, 1.0, 0.0}};
  }
  double centre_power() const { return std::max(1.0, 1.0 / value_of(power_)); }

 private:
  T alpha_;
  T power_;
};

}  // namespace gaxel
