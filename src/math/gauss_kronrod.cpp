#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <string>
#include <utility>

#include "gaxel/error.hpp"
#include "gaxel/quadrature.hpp"
#include "math/check_weights.hpp"

namespace gaxel {
namespace {

/// -x and x with their weight; 0 once.
void add_symmetric(std::vector<double>& nodes, std::vector<double>& weights, double x, double weight) {
  if (x != 0.0) {
    nodes.push_back(-x);
    weights.push_back(weight);
  }
  nodes.push_back(x);
  weights.push_back(weight);
}

/// Boost's tables hold the nodes from 0 upwards, Gauss's and the added ones in turn. The middle one is
/// Gauss's when their number is odd.
template <unsigned kOrder>
KronrodPair pair_of() {
  constexpr unsigned kGaussOrder = (kOrder - 1) / 2;
  using Kronrod = boost::math::quadrature::gauss_kronrod<double, kOrder>;
  using Gauss = boost::math::quadrature::gauss<double, kGaussOrder>;
  KronrodPair pair;
  for (std::size_t k = 0; k < Kronrod::abscissa().size(); ++k) {
    const double x = Kronrod::abscissa()[k];
    const double weight = Kronrod::weights()[k];
    if (k % 2 == kGaussOrder % 2) {
      add_symmetric(pair.added_nodes, pair.added_weights, x, weight);
    } else {
      add_symmetric(pair.gauss_nodes, pair.shared_weights, x, weight);
      pair.gauss_weights.resize(pair.gauss_nodes.size(), Gauss::weights()[k / 2]);
    }
  }
  return pair;
}

}  // namespace

KronrodPair gauss_kronrod(int order) {
  switch (order) {
    case 15:
      return pair_of<15>();
    case 21:
      return pair_of<21>();
    case 31:
      return pair_of<31>();
    case 41:
      return pair_of<41>();
    case 51:
      return pair_of<51>();
    case 61:
      return pair_of<61>();
    default:
      throw InputError({"gauss_kronrod", "order", std::to_string(order), "no such Kronrod rule",
                        "15, 21, 31, 41, 51 or 61"});
  }
}

QuadratureRule KronrodPair::kronrod() const {
  check_weights("kronrod", "shared_weights", gauss_nodes, shared_weights);
  check_weights("kronrod", "added_weights", added_nodes, added_weights);
  std::vector<std::pair<double, double>> pairs;
  for (std::size_t k = 0; k < gauss_nodes.size(); ++k) pairs.emplace_back(gauss_nodes[k], shared_weights[k]);
  for (std::size_t k = 0; k < added_nodes.size(); ++k) pairs.emplace_back(added_nodes[k], added_weights[k]);
  std::ranges::sort(pairs);
  QuadratureRule rule;
  for (const auto& [node, weight] : pairs) {
    rule.nodes.push_back(node);
    rule.weights.push_back(weight);
  }
  return rule;
}

}  // namespace gaxel
