#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <span>
#include <utility>

#include "base/check_range.hpp"
#include "gaxel/error.hpp"
#include "integrate/subpixel/cell_rules.hpp"
#include "integrate/subpixel/check_points.hpp"
#include "integrate/subpixel/refinement_plan.hpp"

namespace gaxel {
namespace {

constexpr const char* kFunction = "prepare_subpixel_refinements";

// The indices of the n largest errors, in the order of ascending error, equal ones in that of the cells.
std::vector<std::int64_t> worst(const std::vector<double>& errors, std::int64_t n) {
  std::vector<std::int64_t> order(errors.size());
  std::iota(order.begin(), order.end(), std::int64_t{0});
  const auto less = [&errors](std::int64_t a, std::int64_t b) {
    const double error_a = errors[static_cast<std::size_t>(a)];
    const double error_b = errors[static_cast<std::size_t>(b)];
    return error_a < error_b || (error_a == error_b && a < b);
  };
  const auto first = order.end() - std::min<std::ptrdiff_t>(n, std::ssize(order));
  std::nth_element(order.begin(), first, order.end(), less);
  std::sort(first, order.end(), less);
  return {first, order.end()};
}

void add_point(Points& points, const Points& from, std::size_t index) {
  points.i.push_back(from.i[index]);
  points.j.push_back(from.j[index]);
}

// A level of the refinement while it is prepared: its cells, and where they come from.
struct Level {
  Points parents;  ///< empty for level 0
  Points cells;
  RuleResults results;
};

LevelLeaves find_leaves(const Level& level, std::span<const char> is_split) {
  LevelLeaves leaves;
  const bool in_families = level.parents.size() > 0;
  const std::size_t n_parts = in_families ? level.cells.size() / level.parents.size() : 1;
  for (std::size_t family = 0; family * n_parts < level.cells.size(); ++family) {
    const std::size_t begin = family * n_parts;
    const auto parts = is_split.subspan(begin, n_parts);
    if (in_families && std::ranges::find(parts, 1) == parts.end()) {
      leaves.family_index.push_back(family);
      add_point(leaves.families, level.parents, family);
      continue;
    }
    for (std::size_t part = 0; part < n_parts; ++part) {
      if (parts[part] != 0) continue;
      leaves.single_index.push_back(begin + part);
      add_point(leaves.singles, level.cells, begin + part);
    }
  }
  return leaves;
}

// Enters a level whose cells to split are known.
void close_level(SubpixelRefinement::Plan& plan, const Level& level, std::span<const std::int64_t> split) {
  std::vector<char> is_split(level.cells.size(), 0);
  for (const std::int64_t index : split) is_split[static_cast<std::size_t>(index)] = 1;
  LevelLeaves leaves = find_leaves(level, is_split);
  for (std::size_t cell = 0; cell < level.cells.size(); ++cell) {
    if (is_split[cell] != 0) continue;
    add_leaf(plan.certificate, level.results.values[cell], level.results.errors[cell],
             plan.options.precision);
    const double difference = level.results.differences[cell];
    if (std::isfinite(difference)) {
      leaves.largest_difference = std::max(leaves.largest_difference, difference);
    }
  }
  plan.certificate.cells_per_level.push_back(std::ssize(level.cells.i) - std::ssize(split));
  plan.leaves.push_back(std::move(leaves));
}

}  // namespace

void RefinementOptions::validate() const {
  check_range(kFunction, "base_oversamp", base_oversamp, 1, kMaxQuadratureOrder);
  check_range(kFunction, "order", order, 2, kMaxQuadratureOrder);
  check_range(kFunction, "oversamp", oversamp, 1, kMaxQuadratureOrder);
  check_range(kFunction, "k_max", k_max, 0, kMaxRefinementLevel);
  if (!(precision > 0.0) || !std::isfinite(precision)) {
    throw InputError(
        {kFunction, "precision", fmt::format("{}", precision), "not an error to aim for", "above 0, finite"});
  }
  if (!(frac_refine > 0.0 && frac_refine <= 1.0)) {
    throw InputError({kFunction, "frac_refine", fmt::format("{}", frac_refine), "not a part of the pixels",
                      "above 0, at most 1"});
  }
}

SubpixelRefinement prepare_subpixel_refinements(const Integrand& f, PointsView points,
                                                const RefinementOptions& options) {
  options.validate();
  if (points.size() == 0)
    throw InputError({kFunction, "i", "0 points", "nothing to integrate", "at least 1"});
  check_finite(points);
  auto plan = std::make_shared<SubpixelRefinement::Plan>();
  plan->options = options;
  plan->n_to_refine = static_cast<std::int64_t>(static_cast<double>(points.size()) * options.frac_refine);
  const CellRules pixel_rules(options.order, 1, true);
  const CellRules family_rules(options.order, options.oversamp, true);
  Level level{{}, {{points.i.begin(), points.i.end()}, {points.j.begin(), points.j.end()}}, {}};
  for (int k = 0;; ++k) {
    const auto side = [&options](int of_level) {
      return cell_side(of_level, options.oversamp, options.base_oversamp);
    };
    level.results = k == 0 ? pixel_rules.evaluate(f, level.cells, side(0))
                           : family_rules.evaluate(f, level.parents, side(k - 1));
    plan->certificate.n_evaluations += level.results.n_evaluations;
    plan->integrated_pixels.push_back(level.results.values);
    plan->n_imprecise.push_back(std::ranges::count_if(
        level.results.errors, [&options](double error) { return error > options.precision; }));
    if (plan->n_imprecise.back() == 0 || plan->n_to_refine == 0 || k == options.k_max) break;
    plan->idx_to_refine.push_back(worst(level.results.errors, plan->n_to_refine));
    const std::vector<std::int64_t>& split = plan->idx_to_refine.back();
    close_level(*plan, level, split);
    Points parents;
    for (const std::int64_t index : split) add_point(parents, level.cells, static_cast<std::size_t>(index));
    Points children = children_of(parents, side(k), options.oversamp);
    level = {std::move(parents), std::move(children), {}};
  }
  close_level(*plan, level, {});
  return SubpixelRefinement(std::move(plan));
}

}  // namespace gaxel
