// Random regions of the complex plane as RadialLaw::log_bounds takes them, with a point in each.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <numbers>
#include <random>

#include "profile/radial_law.hpp"

namespace gaxel {

/// v = sqrt(s) on the edge of an ellipse about c that stays away from 0.
class RandomReach {
 public:
  template <class Random>
  explicit RandomReach(Random& random) {
    std::uniform_real_distribution<double> unit(0.0, 1.0);
    const double c = std::pow(10.0, -2.0 + 3.0 * unit(random));
    const double major = c * unit(random);
    const double minor = major * unit(random);
    const double axes = major * major + minor * minor;
    const double ahead = (c - major) * (c - major);
    const double aside = minor * minor * (c * c + minor * minor - major * major - axes) / axes;
    radius_.fill(static_cast<float>(c - major));
    real_.fill(static_cast<float>(major * c >= axes ? ahead : std::min(ahead, aside)));
    spread_.fill(static_cast<float>(major));
    largest_.fill(static_cast<float>(c * (1.0 + unit(random))));
    const double angle = 2.0 * std::numbers::pi * unit(random);
    v_ = {c - major * std::cos(angle), minor * std::sin(angle)};
  }

  /// Makes the region as many times as large.
  void scale(double factor) {
    for (Lane* lane : {&radius_, &spread_, &largest_}) lane->fill(static_cast<float>(factor * lane->front()));
    real_.fill(static_cast<float>(factor * factor * real_.front()));
    v_ *= factor;
  }

  std::complex<double> v() const { return v_; }
  /// False for a point outside by rounding.
  bool holds() const { return (v_ * v_).real() >= double{real_.front()}; }
  /// Bound of |v|.
  double farthest() const { return double{largest_.front()} + double{spread_.front()}; }

  double log_bound(const RadialLaw& law) const {
    std::array<float, kVector> bounds;
    law.log_bounds({1, radius_.data(), real_.data(), spread_.data(), largest_.data()}, bounds.data());
    return bounds.front();
  }

 private:
  static constexpr std::size_t kVector = 64;  // vectors of any length are filled up
  using Lane = std::array<float, kVector>;

  Lane radius_;
  Lane real_;
  Lane spread_;
  Lane largest_;
  std::complex<double> v_;
};

}  // namespace gaxel
