// One parameter of a scene over the bands: the numbers that a fit searches in the place of its coefficients.
#pragma once

#include <Eigen/Core>
#include <span>

#include "gaxel/scene.hpp"

namespace gaxel {

/// What the optimiser moves of a parameter that is free: its "nodes". They are the values in single bands,
/// the coefficients of B-splines, or where the leading k coefficients of a Chebyshev series are free, its
/// values at k wavelengths from the shortest to the longest (Chebyshev-Lobatto points): numbers that have the
/// parameter's own range and scale. Where other coefficients are free, or the values at the start leave
/// the range, they are these coefficients themselves.
class Series {
 public:
  /// `parameter` is free and has values; low and high: its range.
  Series(const Parameter& parameter, const Wavelengths& wavelengths, double low, double high);

  int size() const { return static_cast<int>(start_.size()); }
  /// Whether the nodes are values, so that they have the parameter's range.
  bool has_range() const { return has_range_; }
  const Eigen::VectorXd& start() const { return start_; }
  /// The band whose value alone a node is; -1: none such.
  int band_of(int node) const;

  /// Ends of a node that are its own, by Parameter::coefficient_min and _max; infinite where it has none.
  double low(int node) const { return low_[node]; }
  double high(int node) const { return high_[node]; }

  /// Values in the bands: in_bands() * nodes + offset().
  const Eigen::MatrixXd& in_bands() const { return in_bands_; }
  const Eigen::VectorXd& offset() const { return offset_; }

  /// Free coefficients: d coefficients / d nodes, and the coefficients for given nodes put into `parameter`.
  const Eigen::MatrixXd& coefficients_by_nodes() const { return chain_; }
  void write(const Eigen::VectorXd& nodes, Parameter& parameter) const;

 private:
  void use_values_at_nodes(const Parameter& parameter, const Eigen::VectorXd& all);

  Basis basis_;
  std::vector<Eigen::Index> free_;  // positions of the free coefficients
  bool has_range_ = true;
  Eigen::VectorXd start_;
  Eigen::VectorXd low_;
  Eigen::VectorXd high_;
  Eigen::MatrixXd in_bands_;  // (n_bands, size)
  Eigen::VectorXd offset_;    // (n_bands)
  Eigen::MatrixXd chain_;     // (size, size)
  Eigen::VectorXd origin_;    // the free coefficients where all nodes are 0
};

/// The values in the bands of a parameter, free or not, that has values.
Eigen::VectorXd values_in_bands(const Parameter& parameter, const Wavelengths& wavelengths);

}  // namespace gaxel
