#include "profile/integral_table.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "gaxel/quadrature.hpp"

namespace gaxel {
namespace {

constexpr std::size_t kNodes = 20;
using Nodes = std::array<double, kNodes>;
using Matrix = std::array<Nodes, kNodes>;

// What turns values at the Chebyshev nodes of [-1, 1] into coefficients, and into the integrals from -1 to
// each node and, last, to 1, of the polynomial through them.
struct ChebyshevRule {
  Nodes nodes;
  Matrix coefficients;
  std::array<Nodes, kNodes + 1> integrals;

  ChebyshevRule() {
    for (std::size_t k = 0; k < kNodes; ++k) {
      nodes[k] = -std::cos(std::numbers::pi * (static_cast<double>(k) + 0.5) / kNodes);
    }
    for (std::size_t j = 0; j < kNodes; ++j) {
      for (std::size_t k = 0; k < kNodes; ++k) {
        const double scale = j == 0 ? 1.0 / kNodes : 2.0 / kNodes;
        coefficients[j][k] = scale * std::cos(static_cast<double>(j) * std::acos(nodes[k]));
      }
    }
    for (std::size_t to = 0; to <= kNodes; ++to) {
      const double x = to < kNodes ? nodes[to] : 1.0;
      for (std::size_t k = 0; k < kNodes; ++k) {
        double sum = 0.0;
        for (std::size_t j = 0; j < kNodes; ++j) sum += coefficients[j][k] * integral_of_chebyshev(j, x);
        integrals[to][k] = sum;
      }
    }
  }

  // Of T_j from -1 to x.
  static double integral_of_chebyshev(std::size_t j, double x) {
    const auto primitive = [j](double t) {
      const double angle = std::acos(t);
      const auto n = static_cast<double>(j);
      if (j == 0) return t;
      if (j == 1) return 0.5 * t * t;
      return 0.5 * (std::cos((n + 1.0) * angle) / (n + 1.0) - std::cos((n - 1.0) * angle) / (n - 1.0));
    };
    return primitive(x) - primitive(-1.0);
  }
};

const ChebyshevRule& chebyshev_rule() {
  static const ChebyshevRule rule;
  return rule;
}

double clenshaw(const Nodes& coefficients, double x) {
  double next = 0.0;
  double after = 0.0;
  for (std::size_t j = kNodes - 1; j > 0; --j) {
    const double now = coefficients[j] + 2.0 * x * next - after;
    after = next;
    next = now;
  }
  return coefficients[0] + x * next - after;
}

}  // namespace

IntegralTable::IntegralTable(const Definition& definition)
    : n_functions_(definition.n_functions), weight_(definition.weight) {
  static_assert(kOrder == kNodes);
  const ChebyshevRule& rule = chebyshev_rule();
  const QuadratureRule& gauss = gauss_legendre(static_cast<int>(kOrder));
  // Nearer to the end than a few roundings of y there is no panel.
  const double smallest = std::max(definition.smallest, 1e-15 * definition.end);
  double first = 0.0;
  while (definition.end - first > smallest) {
    const double last = first + std::min(definition.longest, 0.5 * (definition.end - first));
    const double half = 0.5 * (last - first);
    const auto place = [&](double x) { return first + half * (1.0 + x); };
    std::array<Values, kOrder> f;
    for (std::size_t k = 0; k < kOrder; ++k) f[k] = definition.functions(place(rule.nodes[k]));
    Panel panel{first, last, {}};
    std::array<Nodes, kMaxFunctions> scaled{};
    for (std::size_t k = 0; k < kOrder; ++k) {
      const double y = place(rule.nodes[k]);
      Values sums{};
      if (first == 0.0) {
        // Near zero I_f / w is a quotient of small numbers: each integral gets nodes of its own.
        for (std::size_t i = 0; i < gauss.size(); ++i) {
          const Values at = definition.functions(0.5 * y * (1.0 + gauss.nodes[i]));
          for (std::size_t m = 0; m < n_functions_; ++m) sums[m] += 0.5 * y * gauss.weights[i] * at[m];
        }
      } else {
        for (std::size_t m = 0; m < n_functions_; ++m) {
          sums[m] = totals_[m];
          for (std::size_t i = 0; i < kOrder; ++i) sums[m] += half * rule.integrals[k][i] * f[i][m];
        }
      }
      for (std::size_t m = 0; m < n_functions_; ++m) scaled[m][k] = sums[m] / weight_(y);
    }
    for (std::size_t m = 0; m < n_functions_; ++m) {
      for (std::size_t j = 0; j < kOrder; ++j) {
        for (std::size_t k = 0; k < kOrder; ++k) {
          panel.chebyshev[m][j] += rule.coefficients[j][k] * scaled[m][k];
        }
      }
      for (std::size_t i = 0; i < kOrder; ++i) totals_[m] += half * rule.integrals[kOrder][i] * f[i][m];
    }
    panels_.push_back(panel);
    ends_.push_back(last);
    first = last;
  }
}

IntegralTable::Values IntegralTable::at(double y) const {
  Values values{};
  const auto found = static_cast<std::size_t>(std::ranges::lower_bound(ends_, y) - ends_.begin());
  if (found == panels_.size()) {
    for (std::size_t m = 0; m < n_functions_; ++m) values[m] = totals_[m] / weight_(y);
    return values;
  }
  const Panel& panel = panels_[found];
  const double x = (2.0 * y - panel.first - panel.last) / (panel.last - panel.first);
  for (std::size_t m = 0; m < n_functions_; ++m) values[m] = clenshaw(panel.chebyshev[m], x);
  return values;
}

}  // namespace gaxel
