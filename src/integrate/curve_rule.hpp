// Quadrature on rectangles that are crossed by curves on which the light is not smooth.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "integrate/ellipse_frame.hpp"

namespace gaxel {

/// A smooth function of the position that vanishes on a curve.
struct Level {
  std::function<double(double x, double y)> value;
  bool is_kink = false;  ///< what is integrated is smooth up to the curve, on either side

  double operator()(double x, double y) const { return value(x, y); }
};

/// A node of a rule: an integral is the sum of weight times value.
struct RuleNode {
  double x;
  double y;
  double weight;
};

/// Whether the level changes its sign in the box, as its values at the border tell.
bool is_crossed(const Box& box, const Level& level);

/// Replaces `nodes` by a rule for the box, for functions that are smooth between the curves and grow like a
/// power above -1 of the distance from them: lines along one side of the box are cut where they meet a curve,
/// and lie densest where a curve leaves the box; panels between cuts have Gauss-Legendre nodes, `order` of
/// them, in the third root of the distance from a cut that is more than a kink. Curves that a line meets
/// twice within a quarter of it are missed.
void make_curve_rule(const Box& box, std::span<const Level> levels, int order, std::vector<RuleNode>& nodes);

}  // namespace gaxel
