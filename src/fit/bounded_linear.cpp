#include "fit/bounded_linear.hpp"

#include <Eigen/QR>
#include <vector>

namespace gaxel {

namespace {

/// The least-squares step of the columns in `free`, the others kept.
Eigen::VectorXd free_step(const Eigen::MatrixXd& jacobian, const Eigen::VectorXd& residual,
                          const std::vector<Eigen::Index>& free) {
  if (free.empty()) return Eigen::VectorXd::Zero(jacobian.cols());
  Eigen::MatrixXd columns = jacobian(Eigen::all, free);
  const Eigen::VectorXd norm = columns.colwise().norm().transpose().unaryExpr(
      [](double length) { return length > 0.0 ? length : 1.0; });
  columns *= norm.cwiseInverse().asDiagonal();
  Eigen::CompleteOrthogonalDecomposition<Eigen::MatrixXd> decomposition;
  decomposition.setThreshold(kLinearRank);
  decomposition.compute(columns);
  const Eigen::VectorXd step = decomposition.solve(-residual).cwiseQuotient(norm);
  Eigen::VectorXd result = Eigen::VectorXd::Zero(jacobian.cols());
  result(free) = step;
  return result;
}

}  // namespace

BoundedSolution solve_bounded(const Eigen::MatrixXd& jacobian, const Eigen::VectorXd& residual,
                              const Eigen::VectorXd& start, const Eigen::VectorXd& low,
                              const Eigen::VectorXd& high) {
  const Eigen::Index n = jacobian.cols();
  BoundedSolution result{start, Eigen::Array<bool, Eigen::Dynamic, 1>::Constant(n, false)};
  // An active-set method: go to the best point of the free columns, or as far as the first bound allows,
  // which then holds; at a best point let go the bound that hinders most. Each bound may hold more than once,
  // but chi2 falls.
  const Eigen::Index max_rounds = 10 * (n + 1);
  for (Eigen::Index round = 0; round < max_rounds; ++round) {
    std::vector<Eigen::Index> free;
    for (Eigen::Index i = 0; i < n; ++i) {
      if (!result.at_bound[i]) free.push_back(i);
    }
    const Eigen::VectorXd now = residual + jacobian * (result.x - start);
    const Eigen::VectorXd step = free_step(jacobian, now, free);
    double part = 1.0;
    Eigen::Index blocked = -1;
    for (const Eigen::Index i : free) {
      const double bound = step[i] < 0.0 ? low[i] : high[i];
      if (step[i] == 0.0 || part * std::abs(step[i]) <= std::abs(bound - result.x[i])) continue;
      part = std::abs(bound - result.x[i]) / std::abs(step[i]);
      blocked = i;
    }
    result.x += part * step;
    if (blocked >= 0) {
      result.x[blocked] = step[blocked] < 0.0 ? low[blocked] : high[blocked];
      result.at_bound[blocked] = true;
      continue;
    }
    const Eigen::VectorXd gradient = jacobian.transpose() * (residual + jacobian * (result.x - start));
    Eigen::Index release = -1;
    double worst = 1e-12 * residual.norm();
    for (Eigen::Index i = 0; i < n; ++i) {
      if (!result.at_bound[i]) continue;
      const double length = jacobian.col(i).norm();
      const double inward = result.x[i] <= low[i] ? -gradient[i] : gradient[i];
      if (length > 0.0 && inward / length > worst) {
        worst = inward / length;
        release = i;
      }
    }
    if (release < 0) return result;
    result.at_bound[release] = false;
  }
  return result;
}

}  // namespace gaxel
