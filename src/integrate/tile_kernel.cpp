#include "integrate/tile_kernel.hpp"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "integrate/tile_kernel.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace gaxel::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Rows of pixels done together: enough sums in flight to keep the multipliers busy.
constexpr int kRows = 4;

// rows[r][k] = scale sum_l y.means[l][m0 + r] values[l][k] for kRows rows.
void interpolate_rows(const TileRule& y, int order_x, const double* values, double scale, int m0, int count,
                      double (*rows)[kMaxTileOrder]) {
  for (int r = 0; r < kRows; ++r) {
    std::fill_n(rows[r], order_x, 0.0);
  }
  for (int l = 0; l < y.order; ++l) {
    for (int r = 0; r < count; ++r) {
      const double weight = scale * y.means[static_cast<std::size_t>(l * y.side + m0 + r)];
      for (int k = 0; k < order_x; ++k) rows[r][k] += weight * values[l * order_x + k];
    }
  }
}

template <class D>
void add_rows(D d, const TileRule& x, const double (*rows)[kMaxTileOrder], int count, int n_cols,
              double* image, long stride) {
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
    HWY_ALIGN double buffer[kRows][hn::MaxLanes(d)];
    if (n_cols - n >= lanes && count == kRows) {
      const auto add = [&](auto sum, int r) {
        double* to = image + r * stride + n;
        hn::StoreU(hn::Add(hn::LoadU(d, to), sum), d, to);
      };
      add(sum0, 0);
      add(sum1, 1);
      add(sum2, 2);
      add(sum3, 3);
      continue;
    }
    hn::Store(sum0, d, buffer[0]);
    hn::Store(sum1, d, buffer[1]);
    hn::Store(sum2, d, buffer[2]);
    hn::Store(sum3, d, buffer[3]);
    for (int r = 0; r < count; ++r) {
      for (int c = 0; c < std::min(lanes, n_cols - n); ++c) image[r * stride + n + c] += buffer[r][c];
    }
  }
}

void expand_tile(const TileRule& x, const TileRule& y, const double* values, double scale, int n_rows,
                 int n_cols, double* image, long stride) {
  double rows[kRows][kMaxTileOrder];
  for (int m = 0; m < n_rows; m += kRows) {
    const int count = std::min(kRows, n_rows - m);
    interpolate_rows(y, x.order, values, scale, m, count, rows);
    double* to = image + m * stride;
    // A tile narrower than the widest vector is done in narrower ones.
    if (x.side >= 8) {
      add_rows(hn::CappedTag<double, 8>(), x, rows, count, n_cols, to, stride);
    } else if (x.side == 4) {
      add_rows(hn::CappedTag<double, 4>(), x, rows, count, n_cols, to, stride);
    } else if (x.side == 2) {
      add_rows(hn::CappedTag<double, 2>(), x, rows, count, n_cols, to, stride);
    } else {
      add_rows(hn::CappedTag<double, 1>(), x, rows, count, n_cols, to, stride);
    }
  }
}

}  // namespace gaxel::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gaxel {

HWY_EXPORT(expand_tile);

void expand_tile(const TileRule& x, const TileRule& y, const double* values, double scale, int n_rows,
                 int n_cols, double* image, long stride) {
  HWY_DYNAMIC_DISPATCH(expand_tile)(x, y, values, scale, n_rows, n_cols, image, stride);
}

}  // namespace gaxel
#endif  // HWY_ONCE
