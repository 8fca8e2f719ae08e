// The triangular factor of a matrix with very many rows, which are given block by block and never kept.
#pragma once

#include <Eigen/Core>

namespace gaxel {

/// R of A = Q R for A of n columns and any number of rows; |A v| = |R v| for every v. Orthogonal
/// transformations only: as accurate as a QR of the whole of A.
class TallQr {
 public:
  static constexpr int kBlockRows = 512;

  explicit TallQr(int n_columns);

  /// Room for the next kBlockRows rows of A, column-major, to be overwritten; its contents are undefined.
  Eigen::Block<Eigen::MatrixXd> block() { return work_.bottomRows(kBlockRows); }

  /// Takes the first n_rows rows of block() into the factor.
  void absorb(int n_rows);

  /// (n, n), upper triangular; rows of zeros where A had fewer than n rows.
  Eigen::MatrixXd factor() const { return work_.topRows(work_.cols()); }

 private:
  Eigen::MatrixXd work_;  // (n + kBlockRows, n): the factor of the rows so far, then the next block
};

}  // namespace gaxel
