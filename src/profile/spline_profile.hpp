// A radial profile given by its values at knots.
#pragma once

#include <Eigen/Core>
#include <span>

namespace gaxel {

/// ln I as a cubic spline in ln r through n >= 3 knots, spaced evenly in ln r from r = 1 to r_max. It is
/// level at the first knot, and constant inside; its second derivative is zero at the last knot, and beyond
/// the power law continues that has its slope there. So the intensity has a continuous slope everywhere. ln I
/// is linear in the values at the knots, so derivatives are exact. Immutable.
class SplineProfile {
 public:
  /// `r_max` > 1.
  SplineProfile(double r_max, std::span<const double> log_intensity);

  Eigen::Index n_knots() const { return log_intensity_.size(); }
  double spacing() const { return spacing_; }  ///< of the knots, in ln r

  struct Value {
    double intensity;
    double slope;  ///< d ln I / d ln r
  };
  /// r >= 0. `weights`: null, or room for n_knots() derivatives of ln I to the values at the knots.
  Value at(double r, double* weights) const;

  /// The integral of 2 pi r I over all r, and its derivatives to the values at the knots. Between knots by
  /// the Gauss-Legendre rule of 20 nodes in ln r. Infinite when the last slope is -2 or flatter.
  struct Total {
    double value;
    Eigen::VectorXd derivatives;
  };
  Total total() const;

 private:
  double log_value(Eigen::Index interval, double fraction, double* weights, double& slope) const;

  Eigen::VectorXd log_intensity_;
  Eigen::MatrixXd bending_;  ///< second derivatives at the knots (rows) for a unit value at each (columns)
  Eigen::VectorXd bend_;     ///< those of this profile
  double spacing_;
};

}  // namespace gaxel
