// Gauss-Legendre nodes and weights.
#pragma once

#include <vector>

namespace gaxel {

/// A quadrature rule on [-1, 1]; weights sum to 2, nodes ascend.
struct QuadratureRule {
  std::vector<double> nodes;
  std::vector<double> weights;
};

inline constexpr int kMaxGaussLegendreOrder = 200;

/// The Gauss-Legendre rule with `order` nodes, exact for polynomials of degree 2 order - 1. Nodes by Newton's
/// method on P_order in extended precision, weights 2 / ((1 - x^2) P'_order(x)^2) (Abramowitz &
/// Stegun 25.4.29); both correct to the last place or two. Computed once and kept; safe from any thread.
/// Throws InputError outside 1..200.
const QuadratureRule& gauss_legendre(int order);

}  // namespace gaxel
