// Weighted sums over nodes that several rules share: every node is evaluated once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "gaxel/integration.hpp"

namespace gaxel {

/// Several sums over nodes, sum_k weight_k f(centre + offset_k), given for a cell of side 1.
class NodeSums {
 public:
  /// Adds a rule, shrunk to a square of side `side` around (di, dj), to the sum number `sum`. Nodes that
  /// coincide with earlier ones (to 1e-10 of the cell) are shared with them.
  void add(std::size_t sum, const PixelRule& rule, double side = 1.0, double di = 0.0, double dj = 0.0);

  std::size_t n_nodes() const { return nodes_.size(); }

  /// Writes sum r over the cell of side `side` around point p to sums[r][p].
  void evaluate(const Integrand& f, PointsView points, double side,
                std::span<const std::span<double>> sums) const;

 private:
  struct Term {
    std::size_t sum;
    double weight;
  };
  struct Node {
    double di;
    double dj;
    std::vector<Term> terms;
  };

  void add_node(std::size_t sum, double di, double dj, double weight);

  std::vector<Node> nodes_;
  std::map<std::pair<std::int64_t, std::int64_t>, std::size_t> index_;  ///< by rounded offsets
};

}  // namespace gaxel
