// The Nuker law I = 2^((beta-gamma)/alpha) r^-gamma (1 + r^alpha)^((gamma-beta)/alpha), 1 at the break radius
// r = 1 (Lauer et al. 1995, AJ 110, 2622, eq. 3).
#pragma once

#include "profile/law_template.hpp"
#include "profile/laws/cusp.hpp"

namespace gaxel {

template <class T>
class Nuker {
 public:
  static constexpr std::size_t kShapes = 3;

  explicit Nuker(const T* shapes) : alpha_(shapes[0]), beta_(shapes[1]), gamma_(shapes[2]) {}

  T intensity(const T& r) const {
    using std::exp;
    using std::log1p;
    const T log_r = log_of_cusp_radius(r, gamma_);
    // ln((1 + r^alpha) / 2) from the side on which the power does not overflow.
    const T power = alpha_ * log_r;
    const T log_sum = value_of(power) > 0.0 ? power + log1p(exp(-power)) : log1p(exp(power));
    return exp((beta_ - gamma_) / alpha_ * T(std::numbers::ln2) - gamma_ * log_r +
               (gamma_ - beta_) / alpha_ * log_sum);
  }

  /// 2 pi / alpha 2^((beta-gamma)/alpha) B((2-gamma)/alpha, (beta-2)/alpha) for gamma < 2 < beta.
  T total() const {
    using std::exp;
    if (!(value_of(beta_) > 2.0)) return T(std::numeric_limits<double>::infinity());
    const T a = (T(2.0) - gamma_) / alpha_;
    const T b = (beta_ - T(2.0)) / alpha_;
    return T(2.0 * std::numbers::pi) / alpha_ *
           exp((beta_ - gamma_) / alpha_ * T(std::numbers::ln2) + log_gamma(a) + log_gamma(b) -
               log_gamma(a + b));
  }

  std::vector<LawFeature> features() const {
    return {{LawAxis::kRadius, 0.0, 0.3}, {LawAxis::kRadius, 1.0, std::min(1.0, 2.0 / value_of(alpha_))}};
  }

  // r^-gamma alone is a power of t then, and its logarithm in derivatives is a weak singularity.
  double centre_power() const { return 6.0 / (2.0 - value_of(gamma_)); }

 private:
  T alpha_;
  T beta_;
  T gamma_;
};

}  // namespace gaxel
