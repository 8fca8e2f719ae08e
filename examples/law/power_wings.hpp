// A law of one's own: I = (1 + r)^-slope, 1 in the centre. CONTRIBUTING.md says where it goes.
#pragma once

#include "profile/law_template.hpp"

namespace gaxel {

template <class T>
class PowerWings {
 public:
  static constexpr std::size_t kShapes = 1;

  explicit PowerWings(const T* shapes) : slope_(shapes[0]) {}

  T intensity(const T& r) const {
    using std::exp;
    using std::log1p;
    return exp(-slope_ * log1p(r));
  }

  /// 2 pi / ((slope - 1) (slope - 2)), slope > 2.
  T total() const {
    if (!(value_of(slope_) > 2.0)) return T(std::numeric_limits<double>::infinity());
    return T(2.0 * std::numbers::pi) / ((slope_ - T(1.0)) * (slope_ - T(2.0)));
  }

  std::vector<LawFeature> features() const { return {{LawAxis::kRadius, 0.0, 0.3}}; }
  double centre_power() const { return 1.0; }

 private:
  T slope_;
};

}  // namespace gaxel
