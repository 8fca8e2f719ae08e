#include "integrate/tile_rule.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <mutex>
#include <numbers>

namespace gaxel {
namespace {

constexpr int kSides = std::bit_width(static_cast<unsigned>(kMaxTileSide));

// Integral of T_j from -1 to x, up to a constant.
long double chebyshev_integral(int j, long double x) {
  const auto t = [x](int k) { return std::cos(static_cast<long double>(k) * std::acos(x)); };
  if (j == 0) return x;
  if (j == 1) return 0.5L * x * x;
  return 0.5L * (t(j + 1) / static_cast<long double>(j + 1) - t(j - 1) / static_cast<long double>(j - 1));
}

TileRule make_rule(int side, int order) {
  TileRule rule{side, order, {}, {}};
  rule.means.resize(static_cast<std::size_t>(order) * static_cast<std::size_t>(side));
  const long double half = 0.5L * static_cast<long double>(side);
  for (int k = 0; k < order; ++k) {
    const long double angle = std::numbers::pi_v<long double> * (static_cast<long double>(order - k) - 0.5L) /
                              static_cast<long double>(order);
    rule.nodes.push_back(static_cast<double>(half * std::cos(angle)));
    for (int m = 0; m < side; ++m) {
      // l_k = 1/K + 2/K sum_j T_j(x_k) T_j, its mean over a pixel of width 1 / half.
      const long double from = static_cast<long double>(m) / half - 1.0L;
      const long double to = static_cast<long double>(m + 1) / half - 1.0L;
      long double sum = 0.0L;
      for (int j = 0; j < order; ++j) {
        const long double at_node = std::cos(static_cast<long double>(j) * angle);
        sum += (j == 0 ? 1.0L : 2.0L) * at_node * (chebyshev_integral(j, to) - chebyshev_integral(j, from));
      }
      rule.means[static_cast<std::size_t>(k) * static_cast<std::size_t>(side) + static_cast<std::size_t>(m)] =
          static_cast<double>(half * sum / static_cast<long double>(order));
    }
  }
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

}  // namespace gaxel
