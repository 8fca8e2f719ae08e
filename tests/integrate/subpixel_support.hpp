// What the tests of the study's integration share: lights, closed forms, cells and rules written out by hand.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <numbers>
#include <string>
#include <string_view>
#include <vector>

#include "gaxel/error.hpp"
#include "gaxel/integration.hpp"

namespace gaxel::subpixel_test {

using Light = std::function<double(double i, double j)>;

/// A cusp as steep as de Vaucouleurs's at (i, j).
inline Light cusp_at(double i0, double j0) {
  return
      [i0, j0](double i, double j) { return std::exp(-2.0 * std::sqrt(std::hypot(i - i0, 3.0 * (j - j0)))); };
}

/// Not a number within `size` of (i0, j0), where the cusp lies, and at the point itself for size 0.
inline Light cusp_with_gap(double i0, double j0, double size) {
  const auto light = cusp_at(i0, j0);
  return [=](double i, double j) {
    const bool in_gap = std::abs(i - i0) <= size && std::abs(j - j0) <= size;
    return in_gap ? std::numeric_limits<double>::quiet_NaN() : light(i, j);
  };
}

/// The integral of t^power from center - side / 2 to center + side / 2.
inline double power_integral(int power, double center, double side) {
  const long double low = static_cast<long double>(center) - 0.5L * static_cast<long double>(side);
  const long double high = static_cast<long double>(center) + 0.5L * static_cast<long double>(side);
  return static_cast<double>((std::pow(high, power + 1) - std::pow(low, power + 1)) / (power + 1));
}

/// Part of a Gaussian of unit flux around 0 that lies within center +- side / 2.
inline double normal_part(double center, double side, double sigma) {
  const double scale = 1.0 / (sigma * std::numbers::sqrt2);
  return 0.5 * (std::erf((center + 0.5 * side) * scale) - std::erf((center - 0.5 * side) * scale));
}

/// The integral over the square of side `side` around (i, j) by a rule on [-1, 1].
inline double square_integral(const Light& f, double i, double j, double side, const QuadratureRule& rule) {
  double sum = 0.0;
  for (std::size_t a = 0; a < rule.size(); ++a) {
    for (std::size_t b = 0; b < rule.size(); ++b) {
      sum += rule.weights[a] * rule.weights[b] *
             f(i + 0.5 * side * rule.nodes[a], j + 0.5 * side * rule.nodes[b]);
    }
  }
  return 0.25 * side * side * sum;
}

/// What the refinement's three rules say of a cell.
struct Estimate {
  double value;
  double difference;  ///< |G - C|
  double error;
};

inline Estimate estimate(const Light& f, double i, double j, double side, int order) {
  const double low = square_integral(f, i, j, side, gauss_legendre(order - 1));
  const double gauss = square_integral(f, i, j, side, gauss_legendre(order));
  const double clenshaw = square_integral(f, i, j, side, clenshaw_curtis(order));
  const double difference = std::abs(gauss - clenshaw);
  return {0.5 * (gauss + clenshaw), difference, std::max(difference, std::abs(gauss - low))};
}

/// The children of chosen cells of side `side`, i the slow index.
inline Points children_by_hand(const Points& cells, const std::vector<std::int64_t>& chosen, double side,
                               int oversamp) {
  Points children;
  for (const std::int64_t index : chosen) {
    const auto cell = static_cast<std::size_t>(index);
    for (int a = 0; a < oversamp; ++a) {
      for (int b = 0; b < oversamp; ++b) {
        children.i.push_back(cells.i[cell] - 0.5 * side + (a + 0.5) * side / oversamp);
        children.j.push_back(cells.j[cell] - 0.5 * side + (b + 0.5) * side / oversamp);
      }
    }
  }
  return children;
}

/// The cells of every level of a refinement of these points, from the choices alone.
inline std::vector<Points> cells_by_hand(const Points& points, const SubpixelRefinement& refinement) {
  std::vector<Points> levels{points};
  double side = 1.0 / refinement.options().base_oversamp;
  for (const std::vector<std::int64_t>& chosen : refinement.idx_to_refine()) {
    levels.push_back(children_by_hand(levels.back(), chosen, side, refinement.options().oversamp));
    side /= refinement.options().oversamp;
  }
  return levels;
}

/// Which argument of which function a call complains about: "function: argument".
inline std::string complaint(const std::function<void()>& call) {
  try {
    call();
  } catch (const InputError& error) {
    const InputProblem& problem = error.problem();
    return problem.source + ": " + problem.key;
  }
  return "accepted";
}

inline Component component_of(std::string_view kind, std::vector<double> values) {
  return {&component_kind(kind), std::move(values)};
}

}  // namespace gaxel::subpixel_test
