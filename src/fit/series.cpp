#include "fit/series.hpp"

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace gaxel {
namespace {

Eigen::VectorXd coefficients(const Parameter& parameter) {
  if (parameter.basis == Basis::kConstant) return Eigen::VectorXd::Constant(1, parameter.value);
  return Eigen::Map<const Eigen::VectorXd>(parameter.coefficients.data(), std::ssize(parameter.coefficients));
}

/// The basis in the bands, (n_bands, n_coefficients).
Eigen::MatrixXd functions(const Parameter& parameter, const Wavelengths& wavelengths) {
  const auto n = static_cast<int>(coefficients(parameter).size());
  Eigen::MatrixXd result(wavelengths.size(), n);
  for (int band = 0; band < wavelengths.size(); ++band) {
    const std::vector<double> row = wavelengths.functions_in(band, parameter.basis, n);
    result.row(band) = Eigen::Map<const Eigen::RowVectorXd>(row.data(), n);
  }
  return result;
}

/// x of k points from -1 to 1; of one the middle.
double lobatto(int point, int k) {
  return k == 1 ? 0.0 : -std::cos(std::numbers::pi * point / (k - 1));
}

/// Ends of coefficients, all infinite where a parameter has none.
Eigen::VectorXd ends(const std::vector<double>& given, double none, Eigen::Index n) {
  if (given.empty()) return Eigen::VectorXd::Constant(n, none);
  return Eigen::Map<const Eigen::VectorXd>(given.data(), std::ssize(given));
}

}  // namespace

Series::Series(const Parameter& parameter, const Wavelengths& wavelengths, double low, double high)
    : basis_(parameter.basis) {
  const Eigen::VectorXd all = coefficients(parameter);
  for (Eigen::Index i = 0; i < all.size(); ++i) {
    if (basis_ == Basis::kConstant || parameter.free_coefficients[static_cast<std::size_t>(i)] != 0)
      free_.push_back(i);
  }
  const Eigen::MatrixXd basis = functions(parameter, wavelengths);
  const auto k = static_cast<Eigen::Index>(free_.size());
  Eigen::VectorXd held = all;
  for (const Eigen::Index i : free_) held[i] = 0.0;
  constexpr double kInf = std::numeric_limits<double>::infinity();
  low_ = ends(parameter.coefficient_min, -kInf, all.size())(free_);
  high_ = ends(parameter.coefficient_max, kInf, all.size())(free_);
  start_ = all(free_).cwiseMax(low_).cwiseMin(high_);
  in_bands_ = basis(Eigen::all, free_);
  offset_ = basis * held;
  chain_ = Eigen::MatrixXd::Identity(k, k);
  origin_ = Eigen::VectorXd::Zero(k);
  if (!is_series(basis_)) return;
  has_range_ = false;
  if (!parameter.coefficient_min.empty() || !parameter.coefficient_max.empty()) return;
  const Series plain = *this;
  const bool leading = free_.back() + 1 == k;
  if (basis_ == Basis::kChebyshev && leading) use_values_at_nodes(parameter, all);
  if (basis_ == Basis::kBSpline) has_range_ = k == all.size();
  if (has_range_ && !(start_.minCoeff() > low && start_.maxCoeff() < high)) *this = plain;
}

void Series::use_values_at_nodes(const Parameter& parameter, const Eigen::VectorXd& all) {
  const auto k = static_cast<int>(free_.size());
  Eigen::MatrixXd at_nodes(k, all.size());
  for (int node = 0; node < k; ++node) {
    const std::vector<double> row =
        Wavelengths::functions(parameter.basis, static_cast<int>(all.size()), lobatto(node, k));
    at_nodes.row(node) = Eigen::Map<const Eigen::RowVectorXd>(row.data(), all.size());
  }
  const Eigen::VectorXd held = at_nodes.rightCols(all.size() - k) * all.tail(all.size() - k);
  has_range_ = true;
  start_ = at_nodes * all;
  chain_ = at_nodes.leftCols(k).inverse();
  origin_ = -chain_ * held;
  offset_ += in_bands_ * origin_;
  in_bands_ *= chain_;
}

int Series::band_of(int node) const {
  return basis_ == Basis::kBands ? static_cast<int>(free_[static_cast<std::size_t>(node)]) : -1;
}

void Series::write(const Eigen::VectorXd& nodes, Parameter& parameter) const {
  const Eigen::VectorXd values = chain_ * nodes + origin_;
  if (basis_ == Basis::kConstant) {
    parameter.value = values[0];
    return;
  }
  for (std::size_t i = 0; i < free_.size(); ++i) {
    parameter.coefficients[static_cast<std::size_t>(free_[i])] = values[static_cast<Eigen::Index>(i)];
  }
}

Eigen::VectorXd values_in_bands(const Parameter& parameter, const Wavelengths& wavelengths) {
  return functions(parameter, wavelengths) * coefficients(parameter);
}

}  // namespace gaxel
