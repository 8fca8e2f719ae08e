// Errors of fitted parameters from the Jacobian at the solution.
#pragma once

#include <Eigen/Core>
#include <vector>

namespace gaxel {

struct Covariance {
  Eigen::MatrixXd matrix;  ///< (n, n); rows and columns of NaN for parameters that are held or degenerate
  std::vector<char> degenerate;  ///< the parameter takes part in a direction along which chi2 does not change
};

/// (J^T J)^-1 by singular values of the Jacobian with unit columns; parameters marked in `held` count as
/// fixed.
Covariance covariance(const Eigen::MatrixXd& jacobian, const std::vector<char>& held);

/// bread meat bread, where `bread` is the inverse of the second derivative of what a fit makes least, half of
/// it, and `meat` the covariance of its gradient; NaN where bread is.
Eigen::MatrixXd sandwich(const Eigen::MatrixXd& bread, const Eigen::MatrixXd& meat);

}  // namespace gaxel
