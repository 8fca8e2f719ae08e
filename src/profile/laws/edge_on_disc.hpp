// Discs seen edge-on: I = x K1(x) sech^(2/n)(n y / (2 z)), x = |u| and y = v in scale lengths, 1 in the
// centre. n = 1 is the isothermal disc, whose scale height in GALFIT's sech^2(y / hs) is hs = 2 z (van der
// Kruit & Searle 1981, A&A 95, 105; van der Kruit 1988, A&A 192, 117).
#pragma once

#include "profile/law_template.hpp"

namespace gaxel {

/// sech^(2/n)(n w / 2), for any w; e^-|w| for n to infinity.
template <class T>
T vertical_light(const T& w, const T& n) {
  using std::exp;
  using std::log1p;
  const T x = value_of(w) < 0.0 ? -n * w : n * w;
  return exp((-x - T(2.0) * log1p(exp(-x)) + T(2.0 * std::numbers::ln2)) / n);
}

template <class T>
class EdgeOnDisc {
 public:
  static constexpr std::size_t kShapes = 2;

  /// Height z0 over the scale length, n.
  explicit EdgeOnDisc(const T* shapes) : height_(shapes[0]), n_(shapes[1]) {}

  T intensity(const T& u, const T& v) const {
    return x_bessel_k1(value_of(u) < 0.0 ? -u : u) * vertical_light(v / height_, n_);
  }

  /// The integral of x K1(x) over all x is pi, that of sech^(2/n)(n w / 2) 2 sqrt(pi) Gamma(1/n) / (n
  /// Gamma(1/n + 1/2)).
  T total() const {
    using std::exp;
    const T a = T(1.0) / n_;
    return T(2.0 * std::numbers::pi * std::sqrt(std::numbers::pi)) * height_ * a *
           exp(log_gamma(a) - log_gamma(a + T(0.5)));
  }

  // x K1(x) bends by x^2 ln x on the minor axis; the height bends over z0 / n.
  std::vector<LawFeature> features() const {
    return {{LawAxis::kMajor, 0.0, 0.5},
            {LawAxis::kMajor, 0.0, 0.0},
            {LawAxis::kMinor, 0.0, value_of(height_) * std::min(1.0, 2.0 / value_of(n_))}};
  }
  double centre_power() const { return 1.0; }

 private:
  T height_;
  T n_;
};

/// GALFIT's: sech^2(y / hs).
template <class T>
class EdgeDisc : public EdgeOnDisc<T> {
 public:
  static constexpr std::size_t kShapes = 1;

  explicit EdgeDisc(const T* shapes) : EdgeDisc(shapes[0]) {}

 private:
  explicit EdgeDisc(const T& height) : EdgeDisc(std::array<T, 2>{T(0.5) * height, T(1.0)}) {}
  explicit EdgeDisc(const std::array<T, 2>& shapes) : EdgeOnDisc<T>(shapes.data()) {}
};

}  // namespace gaxel
