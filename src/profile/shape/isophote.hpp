// The form of the isophotes in the plane in which the ellipse is a circle: generalised ellipse, Fourier modes
// and asymmetry, and the area that they enclose.
#pragma once

#include <cmath>
#include <numbers>
#include <optional>

#include "math/double_exponential.hpp"
#include "profile/shape/asymmetry.hpp"
#include "profile/shape/fourier_modes.hpp"
#include "profile/shape/generalised_ellipse.hpp"

namespace gaxel {

/// A radius, and the direction in which it lies.
template <class T>
struct PolarPoint {
  T r;
  T cos_t;
  T sin_t;
};

template <class T>
struct Isophote {
  std::optional<T> exponent;  ///< c of generalised_radius; none: an ellipse
  FourierModes<T> fourier;
  std::optional<Asymmetry<T>> asymmetry;

  bool needs_direction() const { return !fourier.empty() || asymmetry.has_value(); }

  /// Of the point (u, v), v divided by the axis ratio. The centre has the direction of u.
  PolarPoint<T> polar(const T& u, const T& v) const {
    using std::sqrt;
    const T squared = u * u + v * v;
    if (squared == 0.0) return {T(0.0), T(1.0), T(0.0)};
    const T distance = sqrt(squared);
    PolarPoint<T> point{distance, T(1.0), T(0.0)};
    if (needs_direction()) {
      point.cos_t = u / distance;
      point.sin_t = v / distance;
    }
    if (exponent) point.r = generalised_radius(u, v, *exponent);
    if (!fourier.empty()) point.r *= fourier.factor(point.cos_t, point.sin_t);
    return point;
  }

  /// What a component's light at the radius 1 in the direction t is multiplied by, over that of an ellipse.
  T light_factor(const PolarPoint<T>& point) const {
    return asymmetry ? asymmetry->factor(point.cos_t, point.sin_t) : T(1.0);
  }

  /// The component's flux over that of the ellipse with the same law: the mean over t of the light's factor
  /// over the square of the radius' factor. Relative error below 1e-12 where that factor is above 0.1 for all
  /// t.
  T flux_factor() const {
    if (!exponent && fourier.empty()) return T(1.0);  // the mean of the asymmetry is 1
    return exponent ? mean_by_octants() : mean_by_angles();
  }

  /// Bound of the gradient of the radius over that of hypot(u, v); near the axes it is exceeded for exponents
  /// below 1.
  double steepness() const {
    const double of_ellipse = exponent ? std::numbers::sqrt2 : 1.0;
    return of_ellipse * fourier.steepness();
  }

 private:
  T integrand(const T& cos_t, const T& sin_t) const {
    const PolarPoint<T> point = polar(cos_t, sin_t);
    return light_factor(point) / (point.r * point.r);
  }

  // A periodic analytic function: the trapezoidal rule converges exponentially.
  T mean_by_angles() const {
    const int n = static_cast<int>(kAnglesPerMode * fourier.highest() + kAnglesAtLeast);
    T sum = T(0.0);
    for (int k = 0; k < n; ++k) {
      const double t = 2.0 * std::numbers::pi * k / n;
      sum += integrand(T(std::cos(t)), T(std::sin(t)));
    }
    return sum / static_cast<double>(n);
  }

  // |sin t|^c is singular on the axes: integrals from there to the diagonals, in pieces that are no longer
  // than a mode.
  T mean_by_octants() const {
    const int n = 1 + static_cast<int>(fourier.highest()) / 2;
    const double piece = 0.25 * std::numbers::pi / n;
    T sum = T(0.0);
    for (int k = 0; k < n; ++k) {
      sum += integral_between<T>([this](const T& t) { return octants(t); }, k * piece, (k + 1) * piece);
    }
    return sum / (2.0 * std::numbers::pi);
  }

  // The sum over the eight directions that are t away from an axis.
  T octants(const T& t) const {
    using std::cos, std::sin;
    const T along = cos(t);
    const T across = sin(t);
    if (!needs_direction()) return T(8.0 * integrand(along, across));
    return integrand(along, across) + integrand(along, -across) + integrand(-along, across) +
           integrand(-along, -across) + integrand(across, along) + integrand(across, -along) +
           integrand(-across, along) + integrand(-across, -along);
  }

  static constexpr std::size_t kAnglesPerMode = 128;
  static constexpr std::size_t kAnglesAtLeast = 80;
};

}  // namespace gaxel
