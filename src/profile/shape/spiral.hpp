// Coordinate rotation: spirals (Peng et al. 2010, AJ 139, 2097, appendix A).
#pragma once

#include <algorithm>
#include <cmath>

#include "math/dual.hpp"

namespace gaxel {

/// How the angle goes on beyond the hyperbolic tangent that starts it.
enum class SpiralForm {
  kPower,       ///< angle T(r) (r / r_out / 2 + 1/2)^power
  kLogarithmic  ///< angle T(r) log(r / winding + 1) / log(r_out / winding + 1)
};

/// Turns the plane of a disc by an angle that depends on the radius in it. T: double or a dual number.
template <class T>
class Spiral {
 public:
  /// angle: rotation at r_out, rad. r_in < r_out, pixels: inside r_in hardly anything turns, a bar. shape:
  /// the power, or the winding scale in pixels. inclination: of the disc to the sky, rad; node: direction of
  /// the line in which they meet, rad from +x towards +y.
  Spiral(SpiralForm form, const T& angle, const T& r_in, const T& r_out, const T& shape, const T& inclination,
         const T& node)
      : form_(form), angle_(angle), r_out_(r_out), shape_(shape) {
    using std::abs, std::cos, std::log1p, std::sin;
    // GALFIT's own constant: the published 0.23 does not give its images, twice as much does.
    constexpr double kC = 0.46;
    const T a = 2.0 * kC / (abs(angle) + kC) - 1.00001;
    const T inverse_tanh = 0.5 * (log1p(a) - log1p(-a));
    steepness_ = (2.0 - inverse_tanh) / (r_out - r_in);
    cos_node_ = cos(node);
    sin_node_ = sin(node);
    cos_inclination_ = cos(inclination);
    if (form == SpiralForm::kLogarithmic) angle_ = angle / log1p(r_out / shape);
  }

  /// By which areas on the sky are smaller than in the disc.
  const T& cos_inclination() const { return cos_inclination_; }

  /// The angle at the radius r in the disc, pixels.
  T angle(const T& r) const {
    using std::exp, std::log, std::log1p, std::tanh;
    const T turn = 0.5 * angle_ * (tanh(steepness_ * (r - r_out_) + 2.0) + 1.0);
    if (form_ == SpiralForm::kLogarithmic) return turn * log1p(r / shape_);
    return turn * exp(shape_ * log(0.5 * (r / r_out_ + 1.0)));
  }

  /// The factor by which unwinding lengthens small steps within `reach` of the sky radius r, from a few
  /// radii.
  double stretch(double r, double reach) const {
    const double slant = 1.0 / value_of(cos_inclination_);
    const double first = std::max(r - reach, 0.0);
    const double last = (r + reach) * slant;
    double shear = 0.0;
    for (int k = 0; k <= kRadii; ++k) {
      const double at = std::max(first + (last - first) * k / kRadii, kNoRadius);
      const auto turned = [this](double radius) { return value_of(angle(T(radius))); };
      shear =
          std::max(shear, std::abs(turned(at * (1.0 + kStep)) - turned(at * (1.0 - kStep))) / (2.0 * kStep));
    }
    // The larger singular value of a shear.
    return slant * 0.5 * (shear + std::sqrt(shear * shear + 4.0));
  }

  /// From the offset from the centre on the sky to the unwound disc, in place. x along the line of nodes.
  void unwind(T& x, T& y) const {
    using std::cos, std::sin, std::sqrt;
    const T along = x * cos_node_ + y * sin_node_;
    const T across = (y * cos_node_ - x * sin_node_) / cos_inclination_;
    const T squared = along * along + across * across;
    if (squared == 0.0) {
      x = along;
      y = across;
      return;
    }
    const T turn = angle(sqrt(squared));
    const T c = cos(turn);
    const T s = sin(turn);
    x = along * c + across * s;
    y = across * c - along * s;
  }

 private:
  static constexpr int kRadii = 6;
  static constexpr double kStep = 1e-3;      // of a radius
  static constexpr double kNoRadius = 1e-9;  // pixels

  SpiralForm form_;
  T angle_;
  T r_out_;
  T shape_;
  T steepness_;
  T cos_node_;
  T sin_node_;
  T cos_inclination_;
};

}  // namespace gaxel
