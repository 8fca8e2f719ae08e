// The Sersic law I = exp(-b_n (r^(1/n) - 1)), 1 at the half-light radius r = 1 (Graham & Driver 2005, PASA
// 22, 118, eq. 1 to 4).
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
    if (!(value_of(r) > 0.0)) return exp(b_);
    return exp(-b_ * (exp(log(r) / n_) - T(1.0)));
  }

  /// 2 pi n e^b b^(-2n) Gamma(2n).
  T total() const {
    using std::exp;
    using std::log;
    return T(2.0 * std::numbers::pi) * n_ * exp(b_ - T(2.0) * n_ * log(b_) + log_gamma(T(2.0) * n_));
  }

  std::vector<LawFeature> features() const { return {{LawAxis::kRadius, 0.0, 0.3}}; }
  double centre_power() const { return std::max(1.0, 0.5 * value_of(n_)); }

 private:
  T n_;
  T b_;
};

/// The Sersic law of index 1/10 of kTenths: without a shape parameter.
template <class T, int kTenths>
class SersicOfIndex : public Sersic<T> {
 public:
  static constexpr std::size_t kShapes = 0;

  explicit SersicOfIndex(const T* /*shapes*/) : SersicOfIndex(T(0.1 * kTenths)) {}

 private:
  explicit SersicOfIndex(const T& n) : Sersic<T>(&n) {}
};

template <class T>
using GaussianLaw = SersicOfIndex<T, 5>;
template <class T>
using ExponentialLaw = SersicOfIndex<T, 10>;
template <class T>
using DeVaucouleursLaw = SersicOfIndex<T, 40>;

}  // namespace gaxel
