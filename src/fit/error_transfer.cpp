#include "fit/error_transfer.hpp"

namespace gaxel {
namespace {

/// a b, but 0 times what is not known is 0.
Eigen::MatrixXd product(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  Eigen::MatrixXd result = Eigen::MatrixXd::Zero(a.rows(), b.cols());
  for (Eigen::Index i = 0; i < a.rows(); ++i) {
    for (Eigen::Index k = 0; k < a.cols(); ++k) {
      if (a(i, k) != 0.0) result.row(i) += a(i, k) * b.row(k);
    }
  }
  return result;
}

}  // namespace

Eigen::MatrixXd carried(const Eigen::MatrixXd& chain, const Eigen::MatrixXd& covariance) {
  return product(chain, product(chain, covariance).transpose());
}

Eigen::MatrixXd coefficient_covariance(const ParameterMap& map, const Eigen::MatrixXd& nodes) {
  Eigen::MatrixXd result = carried(map.coefficients_by_nodes(), nodes);
  for (Eigen::Index i = 0; i < result.rows(); ++i) {
    if (result(i, i) > 0.0) continue;
    result.row(i).setConstant(kNoValue);
    result.col(i).setConstant(kNoValue);
  }
  return result;
}

Eigen::MatrixXd with_limits_as_ties(const ParameterMap& map, const std::vector<char>& at_bound,
                                    Eigen::MatrixXd nodes) {
  for (int i = 0; i < map.size(); ++i) {
    if (at_bound[static_cast<std::size_t>(i)] == 0 || !map.is_limited(i)) continue;
    nodes.row(i).setZero();
    nodes.col(i).setZero();
  }
  return nodes;
}

std::vector<std::vector<double>> errors_in_band(const ParameterMap& map, int band,
                                                const Eigen::MatrixXd& covariance) {
  const Eigen::VectorXd errors = carried(map.derivatives(band), covariance).diagonal().cwiseSqrt();
  std::vector<std::vector<double>> result;
  std::size_t flat = 0;
  Eigen::Index row = 0;
  for (const Component& component : map.components(band)) {
    std::vector<double>& own = result.emplace_back(component.values.size(), kNoValue);
    for (std::size_t i = 0; i < own.size(); ++i, ++flat) {
      if (map.wanted(band)[flat] == 0) continue;
      const double error = errors[row++];
      if (error > 0.0) own[i] = error;
    }
  }
  return result;
}

}  // namespace gaxel
