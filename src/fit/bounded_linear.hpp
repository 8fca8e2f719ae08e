// A small linear least-squares problem with bounds: the fluxes and the sky for given shapes.
#pragma once

#include <Eigen/Core>

namespace gaxel {

/// Columns of unit length that differ from a combination of others by less than this are that combination:
/// the derivatives of images are not more exact.
inline constexpr double kLinearRank = 1e-10;

/// The x in [low, high] that makes |residual + jacobian (x - start)| least, from `start` inside them. Where
/// that is not unique, the x that moves least. `at_bound` (n): 1 where a bound holds x back.
struct BoundedSolution {
  Eigen::VectorXd x;
  Eigen::Array<bool, Eigen::Dynamic, 1> at_bound;
};
BoundedSolution solve_bounded(const Eigen::MatrixXd& jacobian, const Eigen::VectorXd& residual,
                              const Eigen::VectorXd& start, const Eigen::VectorXd& low,
                              const Eigen::VectorXd& high);

}  // namespace gaxel
