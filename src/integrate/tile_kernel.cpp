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

constexpr int kRows = 4;  // of pixels done together: two and their mirror images
constexpr int kHalfOrder = (kMaxTileOrder + 1) / 2;
constexpr int kPadded = (kHalfOrder + 7) / 8 * 8;  // half of the nodes of a row in whole vectors
constexpr int kGuard = 8;                          // a vector may reach beyond the first and last values

// Sums and differences of the values at mirrored nodes, [rows even or odd][row][columns even or odd][column].
struct Folded {
  alignas(64) double at[2][kHalfOrder][2][kPadded];
};

void fold(const TileRule& x, const TileRule& y, const double* values, double scale, Folded& folded) {
  const hn::CappedTag<double, 8> d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  alignas(64) double copy[kGuard + kMaxTileOrder * kMaxTileOrder + kGuard];
  std::fill_n(copy, kGuard, 0.0);
  const std::ptrdiff_t n = static_cast<std::ptrdiff_t>(x.order) * y.order;
  std::copy_n(values, n, copy + kGuard);
  std::fill_n(copy + kGuard + n, kGuard, 0.0);
  const auto factor = hn::Set(d, scale);
  for (int l = 0; l < y.half_order(); ++l) {
    const double* row = copy + kGuard + static_cast<std::ptrdiff_t>(l) * x.order;
    const double* mirrored = copy + kGuard + static_cast<std::ptrdiff_t>(y.order - 1 - l) * x.order;
    for (int k = 0; k < x.half_order(); k += lanes) {
      const auto valid = hn::FirstN(d, static_cast<std::size_t>(x.half_order() - k));
      const int last = x.order - k - lanes;
      const auto at = [&](const double* from) { return hn::Mul(factor, hn::LoadU(d, from)); };
      const auto a = at(row + k);
      const auto b = hn::Reverse(d, at(row + last));
      const auto c = at(mirrored + k);
      const auto e = hn::Reverse(d, at(mirrored + last));
      const auto row_even = hn::Add(a, b);
      const auto row_odd = hn::Sub(a, b);
      const auto mirrored_even = hn::Add(c, e);
      const auto mirrored_odd = hn::Sub(c, e);
      const auto keep = [&](auto v, double* to) { hn::Store(hn::IfThenElseZero(valid, v), d, to + k); };
      keep(hn::Add(row_even, mirrored_even), folded.at[0][l][0]);
      keep(hn::Add(row_odd, mirrored_odd), folded.at[0][l][1]);
      keep(hn::Sub(row_even, mirrored_even), folded.at[1][l][0]);
      keep(hn::Sub(row_odd, mirrored_odd), folded.at[1][l][1]);
    }
  }
}

// Rows of pixels at the nodes of the columns: m, m + 1, and their mirror images; parts even and odd in x.
struct Rows {
  alignas(64) double at[kRows][2][kPadded];
};

void interpolate_rows(const TileRule& x, const TileRule& y, const Folded& values, int m, Rows& rows) {
  const hn::CappedTag<double, 8> d;
  const int half = y.half_side();
  const int next = std::min(m + 1, half - 1);
  for (int k = 0; k < x.half_order(); k += static_cast<int>(hn::Lanes(d))) {
    for (int part = 0; part < 2; ++part) {
      auto even0 = hn::Zero(d);
      auto even1 = hn::Zero(d);
      auto odd0 = hn::Zero(d);
      auto odd1 = hn::Zero(d);
      for (int l = 0; l < y.half_order(); ++l) {
        const double* even = y.even.data() + static_cast<std::ptrdiff_t>(l) * half;
        const double* odd = y.odd.data() + static_cast<std::ptrdiff_t>(l) * half;
        const auto plus = hn::Load(d, values.at[0][l][part] + k);
        const auto minus = hn::Load(d, values.at[1][l][part] + k);
        even0 = hn::MulAdd(hn::Set(d, even[m]), plus, even0);
        even1 = hn::MulAdd(hn::Set(d, even[next]), plus, even1);
        odd0 = hn::MulAdd(hn::Set(d, odd[m]), minus, odd0);
        odd1 = hn::MulAdd(hn::Set(d, odd[next]), minus, odd1);
      }
      hn::Store(hn::Add(even0, odd0), d, rows.at[0][part] + k);
      hn::Store(hn::Add(even1, odd1), d, rows.at[1][part] + k);
      hn::Store(hn::Sub(even0, odd0), d, rows.at[2][part] + k);
      hn::Store(hn::Sub(even1, odd1), d, rows.at[3][part] + k);
    }
  }
}

template <Write kWrite, class D>
HWY_INLINE void put(D d, hn::Vec<D> v, double* to) {
  if constexpr (kWrite == Write::kAdd) v = hn::Add(hn::LoadU(d, to), v);
  hn::StoreU(v, d, to);
}

// All columns of the rows, kVectors vectors of the left half and their mirror images at a time. Null rows are
// not wanted.
template <int kVectors, Write kWrite, class D>
HWY_INLINE void write_rows(D d, const TileRule& x, const Rows& rows, double* const (&to)[kRows]) {
  using V = hn::Vec<D>;
  const int lanes = static_cast<int>(hn::Lanes(d));
  const int half = x.half_side();
  for (int n = 0; n < half; n += kVectors * lanes) {
    V even[kRows][kVectors];
    V odd[kRows][kVectors];
    for (int r = 0; r < kRows; ++r) {
      for (int v = 0; v < kVectors; ++v) even[r][v] = odd[r][v] = hn::Zero(d);
    }
    for (int k = 0; k < x.half_order(); ++k) {
      V mean_even[kVectors];
      V mean_odd[kVectors];
      const std::ptrdiff_t first = static_cast<std::ptrdiff_t>(k) * half + n;
      for (int v = 0; v < kVectors; ++v) {
        mean_even[v] = hn::LoadU(d, x.even.data() + first + v * lanes);
        mean_odd[v] = hn::LoadU(d, x.odd.data() + first + v * lanes);
      }
      for (int r = 0; r < kRows; ++r) {
        const V plus = hn::Set(d, rows.at[r][0][k]);
        const V minus = hn::Set(d, rows.at[r][1][k]);
        for (int v = 0; v < kVectors; ++v) {
          even[r][v] = hn::MulAdd(plus, mean_even[v], even[r][v]);
          odd[r][v] = hn::MulAdd(minus, mean_odd[v], odd[r][v]);
        }
      }
    }
    for (int r = 0; r < kRows; ++r) {
      if (to[r] == nullptr) continue;
      for (int v = 0; v < kVectors; ++v) {
        const int left = n + v * lanes;
        put<kWrite>(d, hn::Add(even[r][v], odd[r][v]), to[r] + left);
        if (x.side == 1) continue;
        put<kWrite>(d, hn::Reverse(d, hn::Sub(even[r][v], odd[r][v])), to[r] + x.side - left - lanes);
      }
    }
  }
}

template <Write kWrite>
void write_columns(const TileRule& x, const Rows& rows, double* const (&to)[kRows]) {
  constexpr int kVectors = HWY_MAX_BYTES >= 64 ? 2 : 1;  // as many sums as there are registers for
  // A tile narrower than the widest vectors is done in narrower ones; on some machines all are the same.
  // NOLINTBEGIN(bugprone-branch-clone)
  if (x.side >= 16 * kVectors) {
    write_rows<kVectors, kWrite>(hn::CappedTag<double, 8>(), x, rows, to);
  } else if (x.side >= 16) {
    write_rows<1, kWrite>(hn::CappedTag<double, 8>(), x, rows, to);
  } else if (x.side == 8) {
    write_rows<1, kWrite>(hn::CappedTag<double, 4>(), x, rows, to);
  } else if (x.side == 4) {
    write_rows<1, kWrite>(hn::CappedTag<double, 2>(), x, rows, to);
  } else {
    write_rows<1, kWrite>(hn::CappedTag<double, 1>(), x, rows, to);
  }
  // NOLINTEND(bugprone-branch-clone)
}

void expand_tile(const TileRule& x, const TileRule& y, const double* values, double scale, int n_rows,
                 int n_cols, Write write, double* image, long stride) {
  Folded folded;
  fold(x, y, values, scale, folded);
  Rows rows;
  // A tile that reaches beyond the image is written to a buffer first.
  const bool clipped = n_cols < x.side;
  alignas(64) double buffer[kRows][kMaxTileSide];
  const int half = y.half_side();
  for (int m = 0; m < half; m += 2) {
    const int places[kRows] = {m, m + 1, y.side - 1 - m, y.side - 2 - m};
    double* to[kRows];
    for (int r = 0; r < kRows; ++r) {
      const bool is_there = (r % 2 == 0 || m + 1 < half) && (r < 2 || y.side > 1) && places[r] < n_rows;
      to[r] = !is_there ? nullptr : clipped ? buffer[r] : image + places[r] * stride;
    }
    if (std::all_of(to, to + kRows, [](const double* row) { return row == nullptr; })) continue;
    interpolate_rows(x, y, folded, m, rows);
    if (clipped || write == Write::kReplace) {
      write_columns<Write::kReplace>(x, rows, to);
    } else {
      write_columns<Write::kAdd>(x, rows, to);
    }
    if (!clipped) continue;
    for (int r = 0; r < kRows; ++r) {
      if (to[r] == nullptr) continue;
      double* out = image + places[r] * stride;
      for (int n = 0; n < n_cols; ++n) out[n] = write == Write::kAdd ? out[n] + to[r][n] : to[r][n];
    }
  }
}

void contract_tile(const TileRule& x, const TileRule& y, const double* image, long stride, int n_rows,
                   int n_cols, double* values) {
  const hn::CappedTag<double, 8> d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  std::fill_n(values, static_cast<std::ptrdiff_t>(x.order) * y.order, 0.0);
  double at_nodes[kMaxTileOrder];
  for (int m = 0; m < n_rows; ++m) {
    const double* row = image + m * stride;
    for (int k = 0; k < x.order; ++k) {
      const double* means = x.means.data() + static_cast<std::ptrdiff_t>(k) * x.side;
      auto sums = hn::Zero(d);
      int n = 0;
      for (; n + lanes <= n_cols; n += lanes) {
        sums = hn::MulAdd(hn::LoadU(d, means + n), hn::LoadU(d, row + n), sums);
      }
      double sum = hn::GetLane(hn::SumOfLanes(d, sums));
      for (; n < n_cols; ++n) sum += means[n] * row[n];
      at_nodes[k] = sum;
    }
    for (int l = 0; l < y.order; ++l) {
      const double mean = y.means[static_cast<std::size_t>(l * y.side + m)];
      double* to = values + static_cast<std::ptrdiff_t>(l) * x.order;
      for (int k = 0; k < x.order; ++k) to[k] += mean * at_nodes[k];
    }
  }
}

}  // namespace gaxel::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gaxel {

HWY_EXPORT(expand_tile);
HWY_EXPORT(contract_tile);

void expand_tile(const TileRule& x, const TileRule& y, const double* values, double scale, int n_rows,
                 int n_cols, Write write, double* image, long stride) {
  HWY_DYNAMIC_DISPATCH(expand_tile)(x, y, values, scale, n_rows, n_cols, write, image, stride);
}

void contract_tile(const TileRule& x, const TileRule& y, const double* image, long stride, int n_rows,
                   int n_cols, double* values) {
  HWY_DYNAMIC_DISPATCH(contract_tile)(x, y, image, stride, n_rows, n_cols, values);
}

}  // namespace gaxel
#endif  // HWY_ONCE
