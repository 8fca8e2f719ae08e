// Losses of one pixel that grow more slowly than the square of its residual r, in units of sigma: outliers
// weigh less.
#pragma once

#include <algorithm>
#include <cmath>

namespace gaxel {

/// Half the derivative of the loss is psi; psi = weight r; slope is the derivative of psi.
struct RobustTerm {
  double loss = 0.0;
  double psi = 0.0;
  double weight = 0.0;
  double slope = 0.0;
};

/// (dof + 1) ln(1 + r^2 / dof)
class StudentT {
 public:
  explicit StudentT(double dof) : dof_(dof) {}

  RobustTerm operator()(double r) const {
    const double below = dof_ + r * r;
    const double weight = (dof_ + 1.0) / below;
    return {(dof_ + 1.0) * std::log1p(r * r / dof_), weight * r, weight, weight * (dof_ - r * r) / below};
  }

 private:
  double dof_;
};

/// r^2 within the threshold k, 2 k |r| - k^2 beyond.
class Huber {
 public:
  explicit Huber(double threshold) : threshold_(threshold) {}

  RobustTerm operator()(double r) const {
    const double size = std::abs(r);
    if (size <= threshold_) return {r * r, r, 1.0, 1.0};
    return {threshold_ * (2.0 * size - threshold_), std::copysign(threshold_, r), threshold_ / size, 0.0};
  }

 private:
  double threshold_;
};

}  // namespace gaxel
