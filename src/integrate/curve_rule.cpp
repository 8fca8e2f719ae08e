#include "integrate/curve_rule.hpp"

#include <algorithm>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <cstdint>

#include "gaxel/quadrature.hpp"

namespace gaxel {
namespace {

constexpr int kSamples = 4;  // intervals of a line in which a change of sign is looked for

// Calls found(t) for every place between a and b where f changes its sign.
template <class Function, class Found>
void for_each_root(const Function& f, double a, double b, Found&& found) {
  double left = a;
  double f_left = f(a);
  for (int k = 1; k <= kSamples; ++k) {
    const double right = k == kSamples ? b : a + (b - a) * k / kSamples;
    const double f_right = f(right);
    if (f_right == 0.0) {
      if (k < kSamples) found(right);
    } else if (f_left != 0.0 && std::signbit(f_left) != std::signbit(f_right)) {
      std::uintmax_t steps = 60;
      const auto tight = [](double low, double high) {
        return high - low <= 1e-15 * (std::abs(low) + std::abs(high));
      };
      const auto [low, high] =
          boost::math::tools::toms748_solve(f, left, right, f_left, f_right, tight, steps);
      found(0.5 * (low + high));
    }
    left = right;
    f_left = f_right;
  }
}

// A place where a line is to be cut.
struct Cut {
  double place;
  bool is_kink;
};

// Positions and weights of a panel from a to b, in the third root of the distance from an end where the
// integrand is like a power.
template <class Add>
void for_each_node(const QuadratureRule& rule, double a, double b, bool cut_at_a, bool cut_at_b, Add&& add) {
  const double length = b - a;
  for (std::size_t k = 0; k < rule.size(); ++k) {
    const double t = 0.5 * (1.0 + rule.nodes[k]);
    const double weight = 0.5 * rule.weights[k] * length;
    if (cut_at_a && cut_at_b) {
      add(a + length * t * t * t * (10.0 - t * (15.0 - 6.0 * t)),
          weight * 30.0 * t * t * (1.0 - t) * (1.0 - t));
    } else if (cut_at_a) {
      add(a + length * t * t * t, weight * 3.0 * t * t);
    } else if (cut_at_b) {
      const double from_b = 1.0 - t;
      add(b - length * from_b * from_b * from_b, weight * 3.0 * from_b * from_b);
    } else {
      add(a + length * t, weight);
    }
  }
}

// A line from a to b, with the places where it is to be cut.
template <class Add>
void for_each_node(const QuadratureRule& rule, double a, double b, std::vector<Cut>& cuts, Add&& add) {
  std::ranges::sort(cuts, {}, &Cut::place);
  double from = a;
  bool cut = false;
  for (const auto& [place, is_kink] : cuts) {
    if (!(place > from) || !(place < b)) continue;
    for_each_node(rule, from, place, cut, !is_kink, add);
    from = place;
    cut = !is_kink;
  }
  for_each_node(rule, from, b, cut, false, add);
}

// Whether the lines of nodes run along y: across the curves, as the gradients in the middle tell.
bool lines_along_y(const Box& box, std::span<const Level> levels) {
  const double x = 0.5 * (box.x_min + box.x_max);
  const double y = 0.5 * (box.y_min + box.y_max);
  double along_x = 0.0;
  double along_y = 0.0;
  for (const Level& level : levels) {
    if (!is_crossed(box, level)) continue;
    along_x += std::abs(level(box.x_max, y) - level(box.x_min, y));
    along_y += std::abs(level(x, box.y_max) - level(x, box.y_min));
  }
  return along_y >= along_x;
}

}  // namespace

bool is_crossed(const Box& box, const Level& level) {
  bool above = false;
  bool below = false;
  for (int k = 0; k < kSamples; ++k) {
    const double t = static_cast<double>(k) / kSamples;
    const double x = box.x_min + t * (box.x_max - box.x_min);
    const double y = box.y_min + t * (box.y_max - box.y_min);
    for (const double value :
         {level(x, box.y_min), level(box.x_max, y), level(box.x_min + box.x_max - x, box.y_max),
          level(box.x_min, box.y_min + box.y_max - y)}) {
      (value > 0.0 ? above : below) = true;
    }
    if (above && below) return true;
  }
  return false;
}

void make_curve_rule(const Box& box, std::span<const Level> levels, int order, std::vector<RuleNode>& nodes) {
  nodes.clear();
  const QuadratureRule& rule = gauss_legendre(order);
  const bool along_y = lines_along_y(box, levels);
  const double first = along_y ? box.x_min : box.y_min;
  const double last = along_y ? box.x_max : box.y_max;
  const double start = along_y ? box.y_min : box.x_min;
  const double end = along_y ? box.y_max : box.x_max;
  const auto at = [&](const Level& level, double across, double along) {
    return along_y ? level(across, along) : level(along, across);
  };
  std::vector<Cut> cuts;
  for (const Level& level : levels) {
    for (const double side : {start, end}) {
      for_each_root([&](double t) { return at(level, t, side); }, first, last,
                    [&](double root) { cuts.push_back({root, level.is_kink}); });
    }
  }
  std::vector<Cut> cuts_of_line;
  for_each_node(rule, first, last, cuts, [&](double across, double weight_across) {
    cuts_of_line.clear();
    for (const Level& level : levels) {
      for_each_root([&](double t) { return at(level, across, t); }, start, end,
                    [&](double root) { cuts_of_line.push_back({root, level.is_kink}); });
    }
    for_each_node(rule, start, end, cuts_of_line, [&](double along, double weight) {
      nodes.push_back({along_y ? across : along, along_y ? along : across, weight_across * weight});
    });
  });
}

}  // namespace gaxel
