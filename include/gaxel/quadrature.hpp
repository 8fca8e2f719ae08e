// Quadrature rules: where to look at a function (the nodes) and how much each look counts (the weights).
#pragma once

#include <cstddef>
#include <vector>

namespace gaxel {

/// A rule on [-1, 1]: the integral of f is about sum_k weights[k] f(nodes[k]). Nodes ascend and lie
/// symmetrically about 0; weights sum to 2.
struct QuadratureRule {
  std::vector<double> nodes;
  std::vector<double> weights;

  std::size_t size() const { return nodes.size(); }
};

/// Largest number of nodes of a rule.
inline constexpr int kMaxQuadratureOrder = 200;

/// The Gauss-Legendre rule with `order` nodes, exact for polynomials of degree 2 order - 1. Nodes by Newton's
/// method on P_order in extended precision, weights 2 / ((1 - x^2) P'_order(x)^2) (Abramowitz &
/// Stegun 25.4.29); both correct to the last place or two. Computed once and kept; safe from any thread.
/// Throws InputError outside 1..200.
const QuadratureRule& gauss_legendre(int order);

/// The Clenshaw-Curtis rule with `order` nodes cos(k pi / (order - 1)), exact for polynomials of degree order
/// - 1 (one more when order is odd): 2 is the trapezium, 3 is Simpson's rule; 1, which the construction
/// leaves out, is the midpoint. Weights by the discrete Fourier transform of Waldvogel (2006, BIT 46, 195),
/// summed in extended precision. Throws InputError outside 1..200.
QuadratureRule clenshaw_curtis(int order);

/// `order` equal intervals, each seen at its middle: exact for polynomials of degree 1. Throws InputError
/// outside 1..200.
QuadratureRule midpoint(int order);

/// A Gauss-Legendre rule and the Kronrod rule that reuses its nodes. Nodes in the order of the literature's
/// tables: from the middle outwards, the negative one first.
struct KronrodPair {
  std::vector<double> gauss_nodes;     ///< the Gauss nodes, m of them
  std::vector<double> gauss_weights;   ///< their weights in the Gauss rule
  std::vector<double> shared_weights;  ///< their weights in the Kronrod rule
  std::vector<double> added_nodes;     ///< the m + 1 nodes that Kronrod adds
  std::vector<double> added_weights;

  /// All 2 m + 1 nodes with their Kronrod weights, ascending. Throws InputError where nodes and weights
  /// differ in number.
  QuadratureRule kronrod() const;
};

/// The Gauss-Kronrod pair with `order` = 2 m + 1 nodes in all: 15 (G7/K15), 21, 31, 41, 51 or 61, exact for
/// polynomials of degree 3 m + 1 at least (Kronrod 1965; values from Boost.Math). Throws InputError for
/// others.
KronrodPair gauss_kronrod(int order);

/// A rule on the unit pixel: the pixel's flux is about sum_k weights[k] f(i + di[k], j + dj[k]), offsets in
/// pixels from its centre.
struct PixelRule {
  std::vector<double> di;
  std::vector<double> dj;
  std::vector<double> weights;

  std::size_t size() const { return weights.size(); }
};

/// The tensor product of a rule with itself on a square of side 1 / oversamp, di the slow index; weights sum
/// to 1 / oversamp^2. Throws InputError for oversamp < 1, and for rules without nodes or whose nodes and
/// weights differ in number.
PixelRule tensor_rule(const QuadratureRule& rule, int oversamp = 1);

/// A Gauss-Kronrod pair in two dimensions: the Kronrod tensor rule is the shared nodes with
/// `shared_weights` and the added nodes, so that after the Gauss rule only the added ones are evaluated.
/// G7/K15: 49 shared, 176 added, 225 together.
struct NestedPixelRule {
  PixelRule gauss;
  std::vector<double> shared_weights;  ///< of the Gauss rule's nodes in the Kronrod rule
  PixelRule added;

  /// The whole Kronrod rule, shared nodes first.
  PixelRule kronrod() const;
};

/// Both rules on the unit pixel, nodes in the order of the pair's, di the slow index; the added ones as
/// shared x added, added x shared, added x added. Throws InputError where nodes and weights differ in number.
NestedPixelRule nested_rule(const KronrodPair& pair);

}  // namespace gaxel
