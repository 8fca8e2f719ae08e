#include "fit/covariance.hpp"

#include <Eigen/SVD>
#include <cmath>
#include <limits>

namespace gaxel {

namespace {

/// Derivatives are good to about the render's tolerance: directions weaker than this, against the strongest,
/// are noise.
constexpr double kRankTolerance = 1e-8;
/// Share of a direction of no change from which on a parameter belongs to it.
constexpr double kShare = 1e-3;

}  // namespace

Covariance covariance(const Eigen::MatrixXd& jacobian, const std::vector<char>& held) {
  const Eigen::Index n = jacobian.cols();
  Covariance result{Eigen::MatrixXd::Constant(n, n, std::numeric_limits<double>::quiet_NaN()),
                    std::vector<char>(held.size(), 0)};
  std::vector<Eigen::Index> live;  // parameters that take part, all with a column that is not zero
  for (Eigen::Index i = 0; i < n; ++i) {
    const auto position = static_cast<std::size_t>(i);
    if (held[position]) continue;
    if (jacobian.col(i).norm() > 0.0) {
      live.push_back(i);
    } else {
      result.degenerate[position] = 1;
    }
  }
  if (live.empty()) return result;

  const auto m = static_cast<Eigen::Index>(live.size());
  Eigen::MatrixXd unit(jacobian.rows(), m);
  Eigen::VectorXd norm(m);
  for (Eigen::Index k = 0; k < m; ++k) {
    norm[k] = jacobian.col(live[static_cast<std::size_t>(k)]).norm();
    unit.col(k) = jacobian.col(live[static_cast<std::size_t>(k)]) / norm[k];
  }
  const Eigen::JacobiSVD<Eigen::MatrixXd> svd(unit, Eigen::ComputeThinV);
  Eigen::MatrixXd inverse = Eigen::MatrixXd::Zero(m, m);
  for (Eigen::Index s = 0; s < m; ++s) {
    const Eigen::VectorXd direction = svd.matrixV().col(s);
    const double strength = svd.singularValues()[s];
    if (strength > kRankTolerance * svd.singularValues()[0]) {
      inverse += direction * direction.transpose() / (strength * strength);
      continue;
    }
    for (Eigen::Index k = 0; k < m; ++k) {
      const auto position = static_cast<std::size_t>(live[static_cast<std::size_t>(k)]);
      if (std::abs(direction[k]) > kShare) result.degenerate[position] = 1;
    }
  }
  for (Eigen::Index a = 0; a < m; ++a) {
    for (Eigen::Index b = 0; b < m; ++b) {
      const Eigen::Index i = live[static_cast<std::size_t>(a)];
      const Eigen::Index j = live[static_cast<std::size_t>(b)];
      if (result.degenerate[static_cast<std::size_t>(i)] || result.degenerate[static_cast<std::size_t>(j)])
        continue;
      result.matrix(i, j) = inverse(a, b) / (norm[a] * norm[b]);
    }
  }
  return result;
}

Eigen::MatrixXd sandwich(const Eigen::MatrixXd& bread, const Eigen::MatrixXd& meat) {
  std::vector<Eigen::Index> live;
  for (Eigen::Index i = 0; i < bread.rows(); ++i) {
    if (!std::isnan(bread(i, i))) live.push_back(i);
  }
  Eigen::MatrixXd result =
      Eigen::MatrixXd::Constant(bread.rows(), bread.cols(), std::numeric_limits<double>::quiet_NaN());
  const Eigen::MatrixXd inverse = bread(live, live);
  result(live, live) = inverse * meat(live, live) * inverse;
  return result;
}

}  // namespace gaxel
