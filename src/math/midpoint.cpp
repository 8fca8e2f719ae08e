#include "base/check_range.hpp"
#include "gaxel/quadrature.hpp"

namespace gaxel {

QuadratureRule midpoint(int order) {
  check_range("midpoint", "order", order, 1, kMaxQuadratureOrder);
  const auto size = static_cast<std::size_t>(order);
  QuadratureRule rule{std::vector<double>(size), std::vector<double>(size, 2.0 / order)};
  for (int k = 0; k < order; ++k) {
    // One rounding of a whole number's quotient: symmetric to the last bit.
    rule.nodes[static_cast<std::size_t>(k)] = static_cast<double>(2 * k + 1 - order) / order;
  }
  return rule;
}

}  // namespace gaxel
