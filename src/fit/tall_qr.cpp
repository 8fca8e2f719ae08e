#include "fit/tall_qr.hpp"

#include <Eigen/QR>

namespace gaxel {

TallQr::TallQr(int n_columns) : work_(Eigen::MatrixXd::Zero(n_columns + kBlockRows, n_columns)) {}

void TallQr::absorb(int n_rows) {
  const Eigen::Index n = work_.cols();
  Eigen::Ref<Eigen::MatrixXd> rows = work_.topRows(n + n_rows);
  const Eigen::HouseholderQR<Eigen::Ref<Eigen::MatrixXd>> in_place(rows);
  work_.topRows(n).triangularView<Eigen::StrictlyLower>().setZero();
}

}  // namespace gaxel
