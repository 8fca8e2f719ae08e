// Fourier modes of the isophotes (Peng et al. 2010, AJ 139, 2097, eq. 25).
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "math/dual.hpp"

namespace gaxel {

/// Modes 1 to kHighest: radii are multiplied by 1 - sum_m a_m cos(m (t - phase_m)), t the eccentric angle,
/// that of (u, v/q), from the major axis towards the minor one. Isophotes reach farthest out at phase_m where
/// a_m > 0.
template <class T>
class FourierModes {
 public:
  static constexpr std::size_t kHighest = 10;

  bool empty() const { return highest_ == 0; }
  std::size_t highest() const { return highest_; }

  /// m: 1 to kHighest.
  void set(std::size_t m, const T& amplitude, const T& phase) {
    using std::cos, std::sin;
    const T angle = static_cast<double>(m) * phase;
    amplitudes_[m] = std::abs(value_of(amplitude));
    along_[m] = amplitude * cos(angle);
    across_[m] = amplitude * sin(angle);
    if (m > highest_) highest_ = m;
  }

  T factor(const T& cos_t, const T& sin_t) const {
    T real = cos_t;
    T imaginary = sin_t;
    T result = 1.0 - along_[1] * real - across_[1] * imaginary;
    for (std::size_t m = 2; m <= highest_; ++m) {
      const T turned = real * cos_t - imaginary * sin_t;
      imaginary = real * sin_t + imaginary * cos_t;
      real = turned;
      result -= along_[m] * real + across_[m] * imaginary;
    }
    return result;
  }

  /// The smallest factor, found to a thousandth.
  double least_factor() const {
    double sum = 0.0;
    for (const double amplitude : amplitudes_) sum += amplitude;
    if (sum < kHarmless) return 1.0 - sum;
    double least = 1.0;
    const int n = static_cast<int>(64 * highest_);
    for (int k = 0; k < n; ++k) {
      const double t = 2.0 * std::numbers::pi * k / n;
      least = std::min(least, value_of(factor(T(std::cos(t)), T(std::sin(t)))));
    }
    return least;
  }

  /// Bound of the gradient of radius * factor over that of the radius.
  double steepness() const {
    double bound = 1.0;
    for (std::size_t m = 1; m <= highest_; ++m) bound += static_cast<double>(m + 1) * amplitudes_[m];
    return bound;
  }

 private:
  static constexpr double kHarmless = 0.9;  // amplitudes that cannot make the factor small

  std::array<double, kHighest + 1> amplitudes_{};
  std::array<T, kHighest + 1> along_{};
  std::array<T, kHighest + 1> across_{};
  std::size_t highest_ = 0;
};

}  // namespace gaxel
