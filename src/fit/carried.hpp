// Covariances through a linear map.
#pragma once

#include <Eigen/Core>

namespace gaxel {

/// chain covariance chain^T; what is NaN stays with the values that depend on it.
inline Eigen::MatrixXd carried(const Eigen::MatrixXd& chain, const Eigen::MatrixXd& covariance) {
  const auto times = [](const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
    Eigen::MatrixXd product = Eigen::MatrixXd::Zero(a.rows(), b.cols());
    for (Eigen::Index i = 0; i < a.rows(); ++i) {
      for (Eigen::Index k = 0; k < a.cols(); ++k) {
        if (a(i, k) != 0.0) product.row(i) += a(i, k) * b.row(k);
      }
    }
    return product;
  };
  return times(chain, times(chain, covariance).transpose());
}

}  // namespace gaxel
