#include "integrate/subpixel/cell_rules.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace gaxel {
namespace {

// With more nodes than this, sharing them costs more than it saves.
constexpr std::size_t kMostSharedNodes = 1000;

std::size_t squared(int n) {
  return static_cast<std::size_t>(n) * static_cast<std::size_t>(n);
}

// Offset of part a of `split` parts of a cell of side 1.
double part_offset(int a, int split) {
  return (a + 0.5) / split - 0.5;
}

double infinite_unless_finite(double value) {
  return std::isfinite(value) ? value : std::numeric_limits<double>::infinity();
}

}  // namespace

double cell_side(int k, int oversamp, int base_oversamp) {
  return 1.0 / (base_oversamp * std::pow(oversamp, k));
}

Points children_of(PointsView cells, double side, int oversamp) {
  Points children;
  children.i.reserve(cells.size() * squared(oversamp));
  children.j.reserve(cells.size() * squared(oversamp));
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    for (int a = 0; a < oversamp; ++a) {
      for (int b = 0; b < oversamp; ++b) {
        children.i.push_back(cells.i[cell] + side * part_offset(a, oversamp));
        children.j.push_back(cells.j[cell] + side * part_offset(b, oversamp));
      }
    }
  }
  return children;
}

CellRules::CellRules(int order, int split, bool with_error) : split_(split), n_rules_(with_error ? 3 : 2) {
  std::vector<PixelRule> rules = {tensor_rule(gauss_legendre(order)), tensor_rule(clenshaw_curtis(order))};
  if (with_error) rules.push_back(tensor_rule(gauss_legendre(order - 1)));
  together_ = rules.front().size() * squared(split) <= kMostSharedNodes;
  const int parts = together_ ? split : 1;
  std::size_t sum = 0;
  for (int a = 0; a < parts; ++a) {
    for (int b = 0; b < parts; ++b) {
      for (const PixelRule& rule : rules) {
        sums_.add(sum++, rule, 1.0 / parts, part_offset(a, parts), part_offset(b, parts));
      }
    }
  }
}

RuleResults CellRules::evaluate(const Integrand& f, PointsView cells, double side) const {
  if (together_) return evaluate_parts(f, cells, side, squared(split_));
  return evaluate_parts(f, children_of(cells, side, split_), side / split_, 1);
}

RuleResults CellRules::evaluate_parts(const Integrand& f, PointsView cells, double side,
                                      std::size_t n_parts) const {
  const std::size_t n_cells = cells.size();
  std::vector<double> storage(n_cells * n_parts * n_rules_);
  std::vector<std::span<double>> sums;
  for (std::size_t sum = 0; sum < n_parts * n_rules_; ++sum) {
    sums.emplace_back(storage.data() + sum * n_cells, n_cells);
  }
  sums_.evaluate(f, cells, side, sums);
  RuleResults results;
  results.values.resize(n_cells * n_parts);
  results.differences.resize(n_cells * n_parts);
  results.errors.resize(n_rules_ == 3 ? n_cells * n_parts : 0);
  results.n_evaluations = static_cast<std::int64_t>(n_cells * sums_.n_nodes());
  for (std::size_t part = 0; part < n_parts; ++part) {
    const std::span<double>* of_part = sums.data() + part * n_rules_;
    for (std::size_t cell = 0; cell < n_cells; ++cell) {
      const std::size_t index = cell * n_parts + part;
      const double gauss = of_part[0][cell];
      const double clenshaw = of_part[1][cell];
      const double difference = infinite_unless_finite(std::abs(gauss - clenshaw));
      results.values[index] = 0.5 * (gauss + clenshaw);
      results.differences[index] = difference;
      if (n_rules_ == 3) {
        results.errors[index] =
            std::max(difference, infinite_unless_finite(std::abs(gauss - of_part[2][cell])));
      }
    }
  }
  return results;
}

}  // namespace gaxel
