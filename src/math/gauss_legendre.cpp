#include "gaxel/quadrature.hpp"

#include <array>
#include <cmath>
#include <mutex>
#include <numbers>

#include "math/rule_checks.hpp"

namespace gaxel {
namespace {

struct Legendre {
  long double value;
  long double derivative;
};

Legendre legendre(int order, long double x) {
  long double previous = 1.0L;
  long double current = x;
  for (int k = 2; k <= order; ++k) {
    const auto kk = static_cast<long double>(k);
    const long double next = ((2 * kk - 1) * x * current - (kk - 1) * previous) / kk;
    previous = current;
    current = next;
  }
  return {current, static_cast<long double>(order) * (x * current - previous) / (x * x - 1.0L)};
}

QuadratureRule make_rule(int order) {
  if (order == 1) {
    return {{0.0}, {2.0}};
  }
  const auto size = static_cast<std::size_t>(order);
  QuadratureRule rule{std::vector<double>(size), std::vector<double>(size)};
  for (int i = 0; i < (order + 1) / 2; ++i) {
    long double x = std::cos(std::numbers::pi_v<long double> * (static_cast<long double>(i) + 0.75L) /
                             (static_cast<long double>(order) + 0.5L));
    Legendre p = legendre(order, x);
    for (int step = 0; step < 6; ++step) {  // converges quadratically from this start
      x -= p.value / p.derivative;
      p = legendre(order, x);
    }
    if (2 * i + 1 == order) {
      x = 0.0L;
      p = legendre(order, x);
    }
    const auto weight = static_cast<double>(2.0L / ((1.0L - x * x) * p.derivative * p.derivative));
    const auto low = static_cast<std::size_t>(i);
    const auto high = size - 1 - low;
    rule.nodes[high] = static_cast<double>(x);
    rule.nodes[low] = static_cast<double>(-x);
    rule.weights[low] = rule.weights[high] = weight;
  }
  return rule;
}

}  // namespace

const QuadratureRule& gauss_legendre(int order) {
  check_rule_order("gauss_legendre", order);
  static std::array<QuadratureRule, kMaxQuadratureOrder + 1> rules;
  static std::array<std::once_flag, kMaxQuadratureOrder + 1> made;
  const auto index = static_cast<std::size_t>(order);
  std::call_once(made[index], [&] { rules[index] = make_rule(order); });
  return rules[index];
}

}  // namespace gaxel
