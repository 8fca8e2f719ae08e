#include "integrate/drawing.hpp"

#include <bit>
#include <cmath>
#include <mutex>
#include <numbers>

#include "gaxel/quadrature.hpp"
#include "integrate/tile_rule.hpp"

namespace gaxel {
namespace {

// M_order(u + i), i = 0 .. order - 1, of the B-spline on [0, order], u from 0 to 1 (de Boor's recurrence). An
// order that the compiler knows unrolls it: drawings spend much of their time here.
template <int order>
std::array<double, order> spline_values(double u) {
  std::array<double, order> values{1.0};
  for (int k = 2; k <= order; ++k) {
    const double scale = 1.0 / (k - 1);
    for (int i = k - 1; i >= 0; --i) {
      const auto at = static_cast<std::size_t>(i);
      const double here = i < k - 1 ? values[at] : 0.0;
      const double before = i > 0 ? values[at - 1] : 0.0;
      values[at] = scale * ((u + i) * here + (k - u - i) * before);
    }
  }
  return values;
}

std::vector<double> make_tile(int side, int order) {
  const TileRule& tile = tile_rule(side, order);
  const QuadratureRule& rule = gauss_legendre((order + kSplineOrder) / 2);
  const auto n = static_cast<std::size_t>(side + 2 * kSplineMargin);
  std::vector<double> spread(static_cast<std::size_t>(order) * n);
  for (int m = 0; m < side; ++m) {
    for (std::size_t g = 0; g < rule.size(); ++g) {
      const double t = 0.5 * rule.nodes[g];
      const SplineShares shares = spline_shares(t);
      const double x = (m + 0.5 + t) * 2.0 / side - 1.0;
      for (int k = 0; k < order; ++k) {
        // The Lagrange polynomial 1/K + 2/K sum_j T_j(x_k) T_j.
        const double at_node = std::acos(2.0 * tile.nodes[static_cast<std::size_t>(k)] / side);
        double basis = 1.0;
        for (int j = 1; j < order; ++j) basis += 2.0 * std::cos(j * at_node) * std::cos(j * std::acos(x));
        basis *= 0.5 * rule.weights[g] / order;
        double* to = spread.data() + static_cast<std::size_t>(k) * n + m;
        for (std::size_t c = 0; c < kSplineOrder; ++c) to[c] += basis * shares[c];
      }
    }
  }
  return spread;
}

}  // namespace

SplineShares spline_shares(double t) {
  const auto values = spline_values<kSplineOrder>(t + 0.5);
  SplineShares shares{};
  for (std::size_t c = 0; c < kSplineOrder; ++c) shares[c] = values[kSplineOrder - 1 - c];
  return shares;
}

// The derivative of a B-spline is the difference of two of an order less.
SplineShares spline_slopes(double t) {
  const auto values = spline_values<kSplineOrder - 1>(t + 0.5);
  SplineShares slopes{};
  for (std::size_t c = 0; c < kSplineOrder; ++c) {
    const std::size_t i = kSplineOrder - 1 - c;
    slopes[c] = (i < kSplineOrder - 1 ? values[i] : 0.0) - (i > 0 ? values[i - 1] : 0.0);
  }
  return slopes;
}

const std::vector<double>& spline_tile(int side, int order) {
  constexpr int kSides = std::bit_width(static_cast<unsigned>(kMaxTileSide));
  static std::array<std::array<std::vector<double>, kMaxTileOrder + 1>, kSides> tiles;
  static std::array<std::array<std::once_flag, kMaxTileOrder + 1>, kSides> made;
  const auto s = static_cast<std::size_t>(std::countr_zero(static_cast<unsigned>(side)));
  const auto o = static_cast<std::size_t>(order);
  std::call_once(made[s][o], [&] { tiles[s][o] = make_tile(side, order); });
  return tiles[s][o];
}

}  // namespace gaxel
