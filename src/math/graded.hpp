// Numbers with their gradient over any count of variables, for propagated errors: forward differentiation
// (Griewank & Walther 2008, Evaluating Derivatives, ch. 3) where that count is known only at run time.
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <numbers>

namespace gaxel {

struct Graded {
  double value = 0.0;
  Eigen::VectorXd gradient;

  /// Variable i of n.
  static Graded variable(double value, Eigen::Index i, Eigen::Index n) {
    return {value, Eigen::VectorXd::Unit(n, i)};
  }
};

inline Graded operator+(const Graded& a, const Graded& b) {
  return {a.value + b.value, a.gradient + b.gradient};
}
inline Graded operator-(const Graded& a, const Graded& b) {
  return {a.value - b.value, a.gradient - b.gradient};
}
inline Graded operator*(const Graded& a, const Graded& b) {
  return {a.value * b.value, b.value * a.gradient + a.value * b.gradient};
}
inline Graded operator*(double factor, const Graded& a) {
  return {factor * a.value, factor * a.gradient};
}
inline Graded operator/(const Graded& a, const Graded& b) {
  const double ratio = a.value / b.value;
  return {ratio, (a.gradient - ratio * b.gradient) / b.value};
}
inline Graded sqrt(const Graded& a) {
  const double root = std::sqrt(a.value);
  return {root, a.gradient / (2.0 * root)};
}
/// zeropoint - 2.5 log10(counts); NaN for counts below 0.
inline Graded magnitude(const Graded& counts, double zeropoint) {
  return {zeropoint - 2.5 * std::log10(counts.value),
          -2.5 / (std::numbers::ln10 * counts.value) * counts.gradient};
}

}  // namespace gaxel
