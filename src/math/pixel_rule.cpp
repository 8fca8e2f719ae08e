#include <vector>

#include "base/check_range.hpp"
#include "gaxel/quadrature.hpp"
#include "math/check_weights.hpp"

namespace gaxel {
namespace {

using Values = std::vector<double>;

/// Every node of `i` with every node of `j`, i the slow index, on [-1, 1]^2 shrunk to a side of 1 / oversamp.
void add_product(PixelRule& rule, const Values& i, const Values& i_weights, const Values& j,
                 const Values& j_weights, double oversamp = 1.0) {
  for (std::size_t a = 0; a < i.size(); ++a) {
    for (std::size_t b = 0; b < j.size(); ++b) {
      rule.di.push_back(0.5 * i[a] / oversamp);
      rule.dj.push_back(0.5 * j[b] / oversamp);
      rule.weights.push_back((0.5 * i_weights[a] / oversamp) * (0.5 * j_weights[b] / oversamp));
    }
  }
}

void append(Values& values, const Values& more) {
  values.insert(values.end(), more.begin(), more.end());
}

}  // namespace

PixelRule tensor_rule(const QuadratureRule& rule, int oversamp) {
  check_at_least("tensor_rule", "oversamp", oversamp, 1);
  check_weights("tensor_rule", "weights", rule.nodes, rule.weights);
  PixelRule product;
  add_product(product, rule.nodes, rule.weights, rule.nodes, rule.weights, oversamp);
  return product;
}

NestedPixelRule nested_rule(const KronrodPair& pair) {
  check_weights("nested_rule", "gauss_weights", pair.gauss_nodes, pair.gauss_weights);
  check_weights("nested_rule", "shared_weights", pair.gauss_nodes, pair.shared_weights);
  check_weights("nested_rule", "added_weights", pair.added_nodes, pair.added_weights);
  NestedPixelRule nested;
  add_product(nested.gauss, pair.gauss_nodes, pair.gauss_weights, pair.gauss_nodes, pair.gauss_weights);
  PixelRule shared;
  add_product(shared, pair.gauss_nodes, pair.shared_weights, pair.gauss_nodes, pair.shared_weights);
  nested.shared_weights = shared.weights;
  add_product(nested.added, pair.gauss_nodes, pair.shared_weights, pair.added_nodes, pair.added_weights);
  add_product(nested.added, pair.added_nodes, pair.added_weights, pair.gauss_nodes, pair.shared_weights);
  add_product(nested.added, pair.added_nodes, pair.added_weights, pair.added_nodes, pair.added_weights);
  return nested;
}

PixelRule NestedPixelRule::kronrod() const {
  PixelRule rule = gauss;
  rule.weights = shared_weights;
  append(rule.di, added.di);
  append(rule.dj, added.dj);
  append(rule.weights, added.weights);
  return rule;
}

}  // namespace gaxel
