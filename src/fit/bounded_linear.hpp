// A small linear least-squares problem with bounds: the fluxes and the sky for given shapes.
#pragma once

#include <Eigen/Core>

namespace gaxel {

/// The x in [low, high] that makes |residual + jacobian (x - start)| least, from `start` inside them. Where
/// that is not unique, the x that moves the fewest parameters. `at_bound` (n): 1 where a bound holds x back.
struct BoundedSolution {
  Eigen::VectorXd x;
  Eigen::Array<bool, Eigen::Dynamic, 1> at_bound;
};
BoundedSolution solve_bounded(const Eigen::MatrixXd& jacobian, const Eigen::VectorXd& residual,
                              const Eigen::VectorXd& start, const Eigen::VectorXd& low,
                              const Eigen::VectorXd& high);

}  // namespace gaxel
