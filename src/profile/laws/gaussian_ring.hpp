// Rings whose light falls as a Gaussian from the radius r = 1, inwards with one width and outwards with the
// same or another: I = exp(-(r - 1)^2 / (2 s^2)) (Imfit's GaussianRing and GaussianRing2Side, Erwin 2015, ApJ
// 799, 226).
#pragma once

#include "profile/law_template.hpp"

namespace gaxel {

/// Integral of 2 pi r I inside r = 1 (sign -1) or outside (1), for the width s.
template <class T>
T half_ring(const T& s, double sign) {
  using std::erfc;
  using std::exp;
  const T x = T(std::numbers::sqrt2 / 2.0) / s;
  const T half_gaussian = s * T(std::sqrt(std::numbers::pi / 2.0));
  // Of (1 + sign d) exp(-d^2 / 2 s^2) from d = 0 to infinity, or to 1 inside.
  const T inside = half_gaussian * (T(1.0) - erfc(x)) - s * s * (T(1.0) - exp(-x * x));
  const T outside = half_gaussian + s * s;
  return T(2.0 * std::numbers::pi) * (sign < 0.0 ? inside : outside);
}

template <class T>
class GaussianRing2Side {
 public:
  static constexpr std::size_t kShapes = 2;

  explicit GaussianRing2Side(const T* shapes) : inner_(shapes[0]), outer_(shapes[1]) {}

  T intensity(const T& r) const {
    using std::exp;
    const T d = (r - T(1.0)) / (value_of(r) < 1.0 ? inner_ : outer_);
    return exp(T(-0.5) * d * d);
  }

  T total() const { return half_ring(inner_, -1.0) + half_ring(outer_, 1.0); }

  std::vector<LawFeature> features() const {
    const double width = std::min(value_of(inner_), value_of(outer_));
    const LawFeature ring{LawAxis::kRadius, 1.0, std::min(0.5, width)};
    const LawFeature kink{LawAxis::kRadius, 1.0, 0.0, true};
    const LawFeature centre{LawAxis::kRadius, 0.0, 0.5};
    if (value_of(inner_) == value_of(outer_)) return {centre, ring};
    return {centre, ring, kink};
  }
  double centre_power() const { return 1.0; }

 private:
  T inner_;
  T outer_;
};

template <class T>
class GaussianRing : public GaussianRing2Side<T> {
 public:
  static constexpr std::size_t kShapes = 1;

  explicit GaussianRing(const T* shapes) : GaussianRing(shapes[0]) {}

 private:
  explicit GaussianRing(const T& width) : GaussianRing(std::array<T, 2>{width, width}) {}
  explicit GaussianRing(const std::array<T, 2>& widths) : GaussianRing2Side<T>(widths.data()) {}
};

}  // namespace gaxel
