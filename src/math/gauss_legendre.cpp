#include "gaxel/quadrature.hpp"

#include <array>
#include <cmath>
#include <mutex>
#include <numbers>

#include "base/check_range.hpp"

namespace gaxel {
namespace {

/// P_order(1 - y) and the product (1 - x^2) P'_order(x) at x = 1 - y.
struct Legendre {
  long double value;
  long double scaled_slope;
};

/// By the differences P_k - P_(k-1), which follow y closely: near x = 1, where the nodes crowd, x itself has
/// too few digits for the weights.
Legendre legendre(int order, long double y) {
  long double value = 1.0L - y;
  long double difference = -y;
  for (int k = 1; k < order; ++k) {
    const auto kk = static_cast<long double>(k);
    difference = (kk * difference - (2 * kk + 1) * y * value) / (kk + 1);
    value += difference;
  }
  return {value, static_cast<long double>(order) * (y * value - difference)};
}

QuadratureRule make_rule(int order) {
  const auto size = static_cast<std::size_t>(order);
  QuadratureRule rule{std::vector<double>(size), std::vector<double>(size)};
  for (int i = 0; i < (order + 1) / 2; ++i) {
    const bool middle = 2 * i + 1 == order;
    const long double half_angle = 0.5L * std::numbers::pi_v<long double> *
                                   (static_cast<long double>(i) + 0.75L) /
                                   (static_cast<long double>(order) + 0.5L);
    long double y = middle ? 1.0L : 2.0L * std::sin(half_angle) * std::sin(half_angle);
    Legendre p = legendre(order, y);
    for (int step = 0; step < 6 && !middle; ++step) {  // converges quadratically from this start
      y += p.value * y * (2.0L - y) / p.scaled_slope;
      p = legendre(order, y);
    }
    const auto weight = static_cast<double>(2.0L * y * (2.0L - y) / (p.scaled_slope * p.scaled_slope));
    const auto low = static_cast<std::size_t>(i);
    const std::size_t high = size - 1 - low;
    rule.nodes[low] = static_cast<double>(y - 1.0L);
    rule.nodes[high] = static_cast<double>(1.0L - y);
    rule.weights[low] = rule.weights[high] = weight;
  }
  return rule;
}

}  // namespace

const QuadratureRule& gauss_legendre(int order) {
  check_range("gauss_legendre", "order", order, 1, kMaxQuadratureOrder);
  static std::array<QuadratureRule, kMaxQuadratureOrder + 1> rules;
  static std::array<std::once_flag, kMaxQuadratureOrder + 1> made;
  const auto index = static_cast<std::size_t>(order);
  std::call_once(made[index], [&] { rules[index] = make_rule(order); });
  return rules[index];
}

}  // namespace gaxel
