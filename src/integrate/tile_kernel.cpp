#include "integrate/tile_kernel.hpp"

#include <algorithm>
#include <cstddef>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "integrate/tile_kernel.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace gaxel::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Rows of pixels done together: enough sums in flight to keep the multipliers busy.
constexpr int kRows = 4;
// Nodes of a row, padded to whole vectors.
constexpr int kPadded = (kMaxTileOrder + 7) / 8 * 8;

struct NodeRows {
  alignas(64) double at[kMaxTileOrder][kPadded];
};

// The values at the nodes, rows padded with zeros.
void pad(const double* values, int order_x, int order_y, NodeRows& padded) {
  for (int l = 0; l < order_y; ++l) {
    std::copy_n(values + static_cast<std::ptrdiff_t>(l) * order_x, order_x, padded.at[l]);
    std::fill(padded.at[l] + order_x, padded.at[l] + kPadded, 0.0);
  }
}

// rows[r][k] = scale sum_l y.means[l][m + r] values[l][k]; rows beyond the tile repeat its last one.
void interpolate_rows(const TileRule& y, int order_x, const NodeRows& values, double scale, int m,
                      double (*rows)[kPadded]) {
  const hn::CappedTag<double, 8> d;
  const int last = y.side - 1;
  for (int k = 0; k < order_x; k += static_cast<int>(hn::Lanes(d))) {
    auto sum0 = hn::Zero(d);
    auto sum1 = hn::Zero(d);
    auto sum2 = hn::Zero(d);
    auto sum3 = hn::Zero(d);
    for (int l = 0; l < y.order; ++l) {
      const double* means = y.means.data() + static_cast<std::ptrdiff_t>(l) * y.side;
      const auto at_nodes = hn::Load(d, values.at[l] + k);
      sum0 = hn::MulAdd(hn::Set(d, means[m]), at_nodes, sum0);
      sum1 = hn::MulAdd(hn::Set(d, means[std::min(m + 1, last)]), at_nodes, sum1);
      sum2 = hn::MulAdd(hn::Set(d, means[std::min(m + 2, last)]), at_nodes, sum2);
      sum3 = hn::MulAdd(hn::Set(d, means[std::min(m + 3, last)]), at_nodes, sum3);
    }
    const auto factor = hn::Set(d, scale);
    hn::Store(hn::Mul(sum0, factor), d, rows[0] + k);
    hn::Store(hn::Mul(sum1, factor), d, rows[1] + k);
    hn::Store(hn::Mul(sum2, factor), d, rows[2] + k);
    hn::Store(hn::Mul(sum3, factor), d, rows[3] + k);
  }
}

template <class D>
HWY_INLINE void add_rows(D d, const TileRule& x, const double (*rows)[kPadded], int count, int n_cols,
                         Write write, double* image, long stride) {
  const int lanes = static_cast<int>(hn::Lanes(d));
  for (int n = 0; n < n_cols; n += lanes) {
    const double* means = x.means.data() + n;
    auto sum0 = hn::Zero(d);
    auto sum1 = hn::Zero(d);
    auto sum2 = hn::Zero(d);
    auto sum3 = hn::Zero(d);
    for (int k = 0; k < x.order; ++k) {
      const auto mean = hn::LoadU(d, means + static_cast<long>(k) * x.side);
      sum0 = hn::MulAdd(hn::Set(d, rows[0][k]), mean, sum0);
      sum1 = hn::MulAdd(hn::Set(d, rows[1][k]), mean, sum1);
      sum2 = hn::MulAdd(hn::Set(d, rows[2][k]), mean, sum2);
      sum3 = hn::MulAdd(hn::Set(d, rows[3][k]), mean, sum3);
    }
    const int width = std::min(lanes, n_cols - n);
    const auto add = [&](auto sum, int r) {
      if (r >= count) return;
      double* to = image + r * stride + n;
      if (width == lanes) {
        hn::StoreU(write == Write::kAdd ? hn::Add(hn::LoadU(d, to), sum) : sum, d, to);
        return;
      }
      HWY_ALIGN double buffer[8];
      hn::Store(sum, d, buffer);
      for (int c = 0; c < width; ++c) to[c] = write == Write::kAdd ? to[c] + buffer[c] : buffer[c];
    };
    add(sum0, 0);
    add(sum1, 1);
    add(sum2, 2);
    add(sum3, 3);
  }
}

void expand_tile(const TileRule& x, const TileRule& y, const double* values, double scale, int n_rows,
                 int n_cols, Write write, double* image, long stride) {
  NodeRows padded;
  pad(values, x.order, y.order, padded);
  alignas(64) double rows[kRows][kPadded];
  for (int m = 0; m < n_rows; m += kRows) {
    const int count = std::min(kRows, n_rows - m);
    interpolate_rows(y, x.order, padded, scale, m, rows);
    double* to = image + m * stride;
    // A tile narrower than the widest vector is done in narrower ones; on some machines all are the same.
    // NOLINTBEGIN(bugprone-branch-clone)
    if (x.side >= 8) {
      add_rows(hn::CappedTag<double, 8>(), x, rows, count, n_cols, write, to, stride);
    } else if (x.side == 4) {
      add_rows(hn::CappedTag<double, 4>(), x, rows, count, n_cols, write, to, stride);
    } else if (x.side == 2) {
      add_rows(hn::CappedTag<double, 2>(), x, rows, count, n_cols, write, to, stride);
    } else {
      add_rows(hn::CappedTag<double, 1>(), x, rows, count, n_cols, write, to, stride);
    }
    // NOLINTEND(bugprone-branch-clone)
  }
}

}  // namespace gaxel::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gaxel {

HWY_EXPORT(expand_tile);

void expand_tile(const TileRule& x, const TileRule& y, const double* values, double scale, int n_rows,
                 int n_cols, Write write, double* image, long stride) {
  HWY_DYNAMIC_DISPATCH(expand_tile)(x, y, values, scale, n_rows, n_cols, write, image, stride);
}

}  // namespace gaxel
#endif  // HWY_ONCE
