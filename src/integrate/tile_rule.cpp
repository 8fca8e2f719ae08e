#include "integrate/tile_rule.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <mutex>
#include <numbers>
#include <utility>
#include <vector>

namespace gaxel {
namespace {

constexpr int kSides = std::bit_width(static_cast<unsigned>(kMaxTileSide));

using Table = std::vector<std::vector<long double>>;

// T_j(cos(angle)) for j = 0 .. n - 1.
std::vector<long double> chebyshev_values(int n, long double angle) {
  std::vector<long double> values;
  for (int j = 0; j < n; ++j) values.push_back(std::cos(static_cast<long double>(j) * angle));
  return values;
}

// Integrals of T_j, j = 0 .. order - 1, up to x, but for a constant.
std::vector<long double> chebyshev_integrals(int order, long double x) {
  const std::vector<long double> t = chebyshev_values(order + 1, std::acos(x));
  std::vector<long double> integrals;
  for (std::size_t j = 0; j < static_cast<std::size_t>(order); ++j) {
    const auto jl = static_cast<long double>(j);
    integrals.push_back(j == 0   ? x
                        : j == 1 ? 0.5L * x * x
                                 : 0.5L * (t[j + 1] / (jl + 1.0L) - t[j - 1] / (jl - 1.0L)));
  }
  return integrals;
}

// (side, order): integrals of T_j over pixel m of the tile scaled to [-1, 1].
Table pixel_integrals(int side, int order) {
  const long double half = 0.5L * static_cast<long double>(side);
  Table pixels;
  std::vector<long double> from = chebyshev_integrals(order, -1.0L);
  for (int m = 1; m <= side; ++m) {
    std::vector<long double> to = chebyshev_integrals(order, static_cast<long double>(m) / half - 1.0L);
    std::vector<long double>& pixel = pixels.emplace_back(to);
    for (std::size_t j = 0; j < pixel.size(); ++j) pixel[j] -= from[j];
    from = std::move(to);
  }
  return pixels;
}

void fold(TileRule& rule) {
  const auto mean = [&rule](int k, int m) { return rule.means[static_cast<std::size_t>(k * rule.side + m)]; };
  for (int k = 0; k < rule.half_order(); ++k) {
    const int mirrored = rule.order - 1 - k;
    for (int m = 0; m < rule.half_side(); ++m) {
      const double share = mirrored == k ? 0.25 : 0.5;
      rule.even.push_back(share * (mean(k, m) + mean(mirrored, m)));
      rule.odd.push_back(share * (mean(k, m) - mean(mirrored, m)));
    }
  }
}

TileRule make_rule(int side, int order) {
  TileRule rule{side, order, {}, {}, {}, {}};
  const long double half = 0.5L * static_cast<long double>(side);
  const Table pixels = pixel_integrals(side, order);
  for (int k = 0; k < order; ++k) {
    const long double angle = std::numbers::pi_v<long double> * (static_cast<long double>(order - k) - 0.5L) /
                              static_cast<long double>(order);
    rule.nodes.push_back(static_cast<double>(half * std::cos(angle)));
    const std::vector<long double> at_node = chebyshev_values(order, angle);
    for (const std::vector<long double>& pixel : pixels) {
      // l_k = 1/K + 2/K sum_j T_j(x_k) T_j, its mean over a pixel of width 1 / half.
      long double sum = 0.0L;
      for (std::size_t j = 0; j < pixel.size(); ++j) sum += (j == 0 ? 1.0L : 2.0L) * at_node[j] * pixel[j];
      rule.means.push_back(static_cast<double>(half * sum / static_cast<long double>(order)));
    }
  }
  fold(rule);
  return rule;
}

}  // namespace

const TileRule& tile_rule(int side, int order) {
  static std::array<std::array<TileRule, kMaxTileOrder + 1>, kSides> rules;
  static std::array<std::array<std::once_flag, kMaxTileOrder + 1>, kSides> made;
  const auto s = static_cast<std::size_t>(std::countr_zero(static_cast<unsigned>(side)));
  const auto o = static_cast<std::size_t>(order);
  std::call_once(made[s][o], [&] { rules[s][o] = make_rule(side, order); });
  return rules[s][o];
}

double lebesgue_bound(int order) {
  return 2.0 / std::numbers::pi * std::log(order) + 1.0;
}

double interpolation_amplification(int order_x, int order_y) {
  const bool constant = order_x == 1 && order_y == 1;
  return constant ? 1.0 : 1.0 + lebesgue_bound(order_x) * lebesgue_bound(order_y);
}

}  // namespace gaxel
