// The core-Sersic law
//
//   I ~ (1 + r^-alpha)^(gamma/alpha) exp(-b ((r^alpha + 1) / R^alpha)^(1/(alpha n))),
//
// 1 at the break radius r = 1; R = re / rb (Graham et al. 2003, AJ 125, 2951, eq. 5). b is the Sersic law's
// b_n, so that without a core re is the half-light radius: GALFIT's and Imfit's convention.
#pragma once

#include "profile/law_template.hpp"
#include "profile/laws/cusp.hpp"

namespace gaxel {

template <class T>
class CoreSersic {
 public:
  static constexpr std::size_t kShapes = 4;

  explicit CoreSersic(const T* shapes)
      : re_(shapes[0]), n_(shapes[1]), alpha_(shapes[2]), gamma_(shapes[3]), b_(sersic_b_of(shapes[1])) {
    using std::log;
    log_re_ = log(re_);
    log_break_ = logarithm(T(1.0));
  }

  T intensity(const T& r) const {
    using std::exp;
    return exp(logarithm(r) - log_break_);
  }

  T total() const { return radial_total<T>(*this, {1.0, std::max(2.0, 2.0 * value_of(re_))}); }

  std::vector<LawFeature> features() const {
    return {{LawAxis::kRadius, 0.0, 0.3 * std::min(1.0, value_of(re_))},
            {LawAxis::kRadius, 1.0, std::min(1.0, 2.0 / value_of(alpha_))}};
  }
  double centre_power() const { return 6.0 / (2.0 - value_of(gamma_)); }

 private:
  // ln I, but for a constant.
  T logarithm(const T& r) const {
    using std::exp;
    using std::log1p;
    const T log_r = log_of_cusp_radius(r, gamma_);
    const T power = alpha_ * log_r;
    const T log_sum = value_of(power) > 0.0 ? power + log1p(exp(-power)) : log1p(exp(power));
    return gamma_ / alpha_ * (log_sum - power) - b_ * exp((log_sum / alpha_ - log_re_) / n_);
  }

  T re_;
  T n_;
  T alpha_;
  T gamma_;
  T b_;
  T log_re_;
  T log_break_;
};

}  // namespace gaxel
