// The Moffat law I = (1 + k r^2)^-beta, k = 4 (2^(1/beta) - 1), 1 in the centre; r = 1 is the full width at
// half maximum (Moffat 1969, A&A 3, 455).
#pragma once

#include "profile/law_template.hpp"

namespace gaxel {

template <class T>
class Moffat {
 public:
  static constexpr std::size_t kShapes = 1;

  explicit Moffat(const T* shapes) : beta_(shapes[0]) {
    using std::expm1;
    k_ = T(4.0) * expm1(T(std::numbers::ln2) / beta_);
  }

  T intensity(const T& r) const {
    using std::exp;
    using std::log1p;
    return exp(-beta_ * log1p(k_ * r * r));
  }

  /// pi / (k (beta - 1)).
  T total() const { return T(std::numbers::pi) / (k_ * (beta_ - T(1.0))); }

  std::vector<LawFeature> features() const { return {{LawAxis::kRadius, 0.0, 0.3}}; }
  double centre_power() const { return 1.0; }

 private:
  T beta_;
  T k_;
};

}  // namespace gaxel
