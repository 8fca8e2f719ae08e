#include "profile/spline_profile.hpp"

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "gaxel/quadrature.hpp"

namespace gaxel {

namespace {

/// Of the spline through unit values, level at its first knot and straight at its last (de Boor 1978, A
/// Practical Guide to Splines, ch. IV).
Eigen::MatrixXd second_derivatives(Eigen::Index n, double spacing) {
  const Eigen::Index unknown = n - 1;
  Eigen::MatrixXd system = Eigen::MatrixXd::Zero(unknown, unknown);
  Eigen::MatrixXd differences = Eigen::MatrixXd::Zero(unknown, n);
  system(0, 0) = 2.0;
  system(0, 1) = 1.0;
  differences(0, 0) = -1.0;
  differences(0, 1) = 1.0;
  for (Eigen::Index k = 1; k < unknown; ++k) {
    system(k, k) = 4.0;
    system(k, k - 1) = 1.0;
    if (k + 1 < unknown) system(k, k + 1) = 1.0;
    differences(k, k - 1) = 1.0;
    differences(k, k) = -2.0;
    differences(k, k + 1) = 1.0;
  }
  Eigen::MatrixXd result = Eigen::MatrixXd::Zero(n, n);
  result.topRows(unknown) = system.partialPivLu().solve(differences) * (6.0 / (spacing * spacing));
  return result;
}

}  // namespace

SplineProfile::SplineProfile(double r_max, std::span<const double> log_intensity)
    : log_intensity_(Eigen::Map<const Eigen::VectorXd>(log_intensity.data(), std::ssize(log_intensity))),
      spacing_(std::log(r_max) / static_cast<double>(log_intensity.size() - 1)) {
  bending_ = second_derivatives(n_knots(), spacing_);
  bend_ = bending_ * log_intensity_;
}

double SplineProfile::log_value(Eigen::Index interval, double fraction, double* weights,
                                double& slope) const {
  const double a = 1.0 - fraction;
  const double b = fraction;
  const double square = spacing_ * spacing_ / 6.0;
  const double bend_a = (a * a * a - a) * square;
  const double bend_b = (b * b * b - b) * square;
  if (weights != nullptr) {
    Eigen::Map<Eigen::VectorXd> weight(weights, n_knots());
    weight = (bend_a * bending_.row(interval) + bend_b * bending_.row(interval + 1)).transpose();
    weight[interval] += a;
    weight[interval + 1] += b;
  }
  slope =
      (log_intensity_[interval + 1] - log_intensity_[interval]) / spacing_ +
      spacing_ / 6.0 * ((3.0 * b * b - 1.0) * bend_[interval + 1] - (3.0 * a * a - 1.0) * bend_[interval]);
  return a * log_intensity_[interval] + b * log_intensity_[interval + 1] + bend_a * bend_[interval] +
         bend_b * bend_[interval + 1];
}

SplineProfile::Value SplineProfile::at(double r, double* weights) const {
  const Eigen::Index last = n_knots() - 1;
  if (!(r > 1.0)) {
    if (weights != nullptr) {
      std::fill_n(weights, n_knots(), 0.0);
      weights[0] = 1.0;
    }
    return {std::exp(log_intensity_[0]), 0.0};
  }
  const double place = std::log(r) / spacing_;
  Value value{0.0, 0.0};
  if (place < static_cast<double>(last)) {
    const auto interval = static_cast<Eigen::Index>(place);
    value.intensity =
        std::exp(log_value(interval, place - static_cast<double>(interval), weights, value.slope));
    return value;
  }
  const double end = log_value(last - 1, 1.0, weights, value.slope);
  const double beyond = (place - static_cast<double>(last)) * spacing_;
  if (weights != nullptr) {  // the last slope, too, is linear in the values
    Eigen::Map<Eigen::VectorXd> weight(weights, n_knots());
    weight += beyond * spacing_ / 6.0 * bending_.row(last - 1).transpose();
    weight[last] += beyond / spacing_;
    weight[last - 1] -= beyond / spacing_;
  }
  value.intensity = std::exp(end + beyond * value.slope);
  return value;
}

SplineProfile::Total SplineProfile::total() const {
  const double two_pi = 2.0 * std::numbers::pi;
  const Eigen::Index last = n_knots() - 1;
  const double centre = std::numbers::pi * std::exp(log_intensity_[0]);
  Total total{centre, Eigen::VectorXd::Zero(n_knots())};
  total.derivatives[0] = centre;
  const QuadratureRule& rule = gauss_legendre(20);
  Eigen::VectorXd weights(n_knots());
  double slope = 0.0;
  for (Eigen::Index interval = 0; interval < last; ++interval) {
    for (std::size_t k = 0; k < rule.size(); ++k) {
      const double fraction = 0.5 * (1.0 + rule.nodes[k]);
      const double log_r = (static_cast<double>(interval) + fraction) * spacing_;
      const double value = std::exp(log_value(interval, fraction, weights.data(), slope) + 2.0 * log_r);
      const double part = 0.5 * rule.weights[k] * spacing_ * two_pi * value;
      total.value += part;
      total.derivatives += part * weights;
    }
  }
  const double log_end = static_cast<double>(last) * spacing_;
  const double end = log_value(last - 1, 1.0, weights.data(), slope);
  if (!(slope < -2.0)) {
    total.value = std::numeric_limits<double>::infinity();
    return total;
  }
  const double beyond = -two_pi * std::exp(end + 2.0 * log_end) / (slope + 2.0);
  Eigen::VectorXd slope_weights = spacing_ / 6.0 * bending_.row(last - 1).transpose();
  slope_weights[last] += 1.0 / spacing_;
  slope_weights[last - 1] -= 1.0 / spacing_;
  total.value += beyond;
  total.derivatives += beyond * (weights - slope_weights / (slope + 2.0));
  return total;
}

}  // namespace gaxel
