#include "integrate/surface_deposit.hpp"

#include <Eigen/Core>
#include <algorithm>

namespace gaxel {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using ConstMap = Eigen::Map<const Matrix>;

// What of a tile and its margins lies inside the image.
Eigen::Map<const Matrix, 0, Eigen::OuterStride<>> columns(int side, int order, int n) {
  const int stride = side + 2 * kSplineMargin;
  return {spline_tile(side, order).data(), order, std::min(n, stride), Eigen::OuterStride<>(stride)};
}

}  // namespace

void SplineDeposit::add_tile(const TilePlace& place, const double* values, double scale,
                             ImageView image) const {
  const auto x = columns(place.side_x, place.order_x, image.nx() - place.col);
  const auto y = columns(place.side_y, place.order_y, image.ny() - place.row);
  const Matrix rows = scale * (ConstMap(values, place.order_y, place.order_x) * x);
  Eigen::Map<Matrix, 0, Eigen::OuterStride<>>(image.row(place.row) + place.col, y.cols(), x.cols(),
                                              Eigen::OuterStride<>(image.nx()))
      .noalias() += y.transpose() * rows;
}

void SplineDeposit::gather_tile(const TilePlace& place, ConstImageView image, double* values) const {
  const auto x = columns(place.side_x, place.order_x, image.nx() - place.col);
  const auto y = columns(place.side_y, place.order_y, image.ny() - place.row);
  const Eigen::Map<const Matrix, 0, Eigen::OuterStride<>> from(image.row(place.row) + place.col, y.cols(),
                                                               x.cols(), Eigen::OuterStride<>(image.nx()));
  const Matrix rows = y * from;
  Eigen::Map<Matrix>(values, place.order_y, place.order_x).noalias() = rows * x.transpose();
}

void SplineDeposit::enter(std::int32_t pixel, const NodeSet& nodes) {
  row_ = pixel / grid_.shape.nx;
  col_ = pixel % grid_.shape.nx;
  const double x = x0_ - (grid_.x0 + col_ * grid_.step);
  const double y = y0_ - (grid_.y0 + row_ * grid_.step);
  for (Shares* shares : {&x_, &y_, &slope_x_, &slope_y_}) shares->resize(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const double at_x = (x + nodes.dx[i]) / grid_.step;
    const double at_y = (y + nodes.dy[i]) / grid_.step;
    x_[i] = spline_shares(at_x);
    y_[i] = spline_shares(at_y);
    slope_x_[i] = spline_slopes(at_x);
    slope_y_[i] = spline_slopes(at_y);
  }
}

void SplineDeposit::add(const double* values, const Shares& x, const Shares& y, double scale,
                        ImageView image) const {
  std::array<SplineShares, kSplineOrder> block{};
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t r = 0; r < kSplineOrder; ++r) {
      const double value = values[i] * y[i][r];
      for (std::size_t c = 0; c < x[i].size(); ++c) block[r][c] += value * x[i][c];
    }
  }
  for (std::size_t r = 0; r < kSplineOrder; ++r) {
    double* to = image.row(row_ + static_cast<int>(r)) + col_;
    for (std::size_t c = 0; c < kSplineOrder; ++c) to[c] += scale * block[r][c];
  }
}

double SplineDeposit::gather(const double* values, const Shares& x, const Shares& y,
                             ConstImageView image) const {
  double sum = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    double at_node = 0.0;
    for (std::size_t r = 0; r < kSplineOrder; ++r) {
      const double* from = image.row(row_ + static_cast<int>(r)) + col_;
      double of_row = 0.0;
      for (std::size_t c = 0; c < kSplineOrder; ++c) of_row += from[c] * x[i][c];
      at_node += y[i][r] * of_row;
    }
    sum += values[i] * at_node;
  }
  return sum;
}

}  // namespace gaxel
