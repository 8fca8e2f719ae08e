// Bending modes (Peng et al. 2010, AJ 139, 2097, eq. 27).
#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include "math/dual.hpp"

namespace gaxel {

/// Modes 1 (a shear), 2 (a banana), 3 (an S) to kHighest: v + sum_n b_n (u / scale)^n, lengths in pixels, v
/// before it is divided by q. Keeps areas.
template <class T>
class BendingModes {
 public:
  static constexpr std::size_t kHighest = 5;

  bool empty() const { return highest_ == 0; }

  /// n: 1 to kHighest. scale: the component's scale radius.
  void set(std::size_t n, const T& amplitude, const T& scale) {
    T coefficient = amplitude;
    for (std::size_t k = 0; k < n; ++k) coefficient = coefficient / scale;
    coefficients_[n] = coefficient;
    if (n > highest_) highest_ = n;
  }

  T bent(const T& u, const T& v) const {
    T sum = coefficients_[highest_];
    for (std::size_t n = highest_; n > 0; --n) sum = sum * u + coefficients_[n - 1];
    return v + sum;
  }

  /// Bound of the slope of the sum where |u| <= reach.
  double steepest(double reach) const {
    double slope = 0.0;
    for (std::size_t n = highest_; n > 0; --n) {
      slope = slope * reach + static_cast<double>(n) * std::abs(value_of(coefficients_[n]));
    }
    return slope;
  }

 private:
  std::array<T, kHighest + 1> coefficients_{};
  std::size_t highest_ = 0;
};

}  // namespace gaxel
