// The rules that the refinement of pixels applies to its cells, and the cells' geometry.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "gaxel/integration.hpp"
#include "integrate/subpixel/node_sums.hpp"

namespace gaxel {

/// Side of the cells of level k, in pixels.
double cell_side(int k, int oversamp, int base_oversamp);

/// The centres of the oversamp^2 parts of each cell of side `side`, parts of one cell together, i the slow
/// index.
Points children_of(PointsView cells, double side, int oversamp);

/// What the rules say of cells: value (G + C) / 2, difference |G - C|, error max(|G - G'|, |G - C|); infinite
/// where not finite. See integrate_with_error for the rules.
struct RuleResults {
  std::vector<double> values;
  std::vector<double> differences;
  std::vector<double> errors;  ///< empty without G'
  std::int64_t n_evaluations = 0;
};

/// G', G and C over the split^2 parts of a cell. The parts share nodes, above all Clenshaw-Curtis's on their
/// borders: with split 3 and order 3, 157 nodes serve the 9 x 22 of the rules.
class CellRules {
 public:
  /// `with_error` includes G'.
  CellRules(int order, int split, bool with_error);

  /// For the parts of each cell of side `side`, in the order of children_of.
  RuleResults evaluate(const Integrand& f, PointsView cells, double side) const;

 private:
  RuleResults evaluate_parts(const Integrand& f, PointsView cells, double side, std::size_t n_parts) const;

  int split_;
  std::size_t n_rules_;
  bool together_ = true;  ///< the parts of a cell share their nodes
  NodeSums sums_;
};

}  // namespace gaxel
