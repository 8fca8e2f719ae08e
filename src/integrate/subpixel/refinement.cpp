#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "gaxel/error.hpp"
#include "integrate/subpixel/cell_rules.hpp"
#include "integrate/subpixel/refinement_plan.hpp"

namespace gaxel {
namespace {

[[noreturn]] void reject_levels(std::string key, std::string value, std::string allowed) {
  throw InputError({"apply_subpixel_refinements", std::move(key), std::move(value),
                    "the levels do not fit each other", std::move(allowed)});
}

// Differences |G - C| that leaves of each level may have before the light has outgrown the plan.
std::vector<double> limits_of(const SubpixelRefinement::Plan& plan) {
  double largest = plan.options.precision;
  for (const LevelLeaves& leaves : plan.leaves) largest = std::max(largest, 0.5 * leaves.largest_difference);
  std::vector<double> limits;
  for (const LevelLeaves& leaves : plan.leaves) {
    limits.push_back(std::max(largest, SubpixelRefinement::kOutgrowth * leaves.largest_difference));
  }
  return limits;
}

}  // namespace

std::vector<double> apply_subpixel_refinements(std::span<const std::vector<std::int64_t>> idx_to_refine,
                                               std::span<const std::vector<double>> integrals, int oversamp) {
  if (oversamp < 1) reject_levels("oversamp", fmt::format("{}", oversamp), "1 or more");
  if (integrals.size() != idx_to_refine.size() + 1) {
    reject_levels("idx_to_refine", fmt::format("{} levels", idx_to_refine.size()),
                  fmt::format("one less than the {} levels of integrals", integrals.size()));
  }
  const std::size_t n_parts = static_cast<std::size_t>(oversamp) * static_cast<std::size_t>(oversamp);
  std::vector<double> children = integrals.back();
  for (std::size_t level = idx_to_refine.size(); level-- > 0;) {
    const std::vector<std::int64_t>& split = idx_to_refine[level];
    std::vector<double> cells = integrals[level];
    if (children.size() != split.size() * n_parts) {
      reject_levels(fmt::format("integrals of level {}", level + 1), fmt::format("{} cells", children.size()),
                    fmt::format("{} for each of the {} cells that are split", n_parts, split.size()));
    }
    for (std::size_t parent = 0; parent < split.size(); ++parent) {
      if (split[parent] < 0 || split[parent] >= std::ssize(cells)) {
        reject_levels(fmt::format("idx_to_refine[{}][{}]", level, parent), fmt::format("{}", split[parent]),
                      fmt::format("0 to {}", std::ssize(cells) - 1));
      }
      double sum = 0.0;
      for (std::size_t part = 0; part < n_parts; ++part) sum += children[parent * n_parts + part];
      cells[static_cast<std::size_t>(split[parent])] = sum;
    }
    children = std::move(cells);
  }
  return children;
}

const RefinementOptions& SubpixelRefinement::options() const {
  return plan_->options;
}
std::size_t SubpixelRefinement::size() const {
  return plan_->integrated_pixels.front().size();
}
const std::vector<std::vector<std::int64_t>>& SubpixelRefinement::idx_to_refine() const {
  return plan_->idx_to_refine;
}
const std::vector<std::vector<double>>& SubpixelRefinement::integrated_pixels() const {
  return plan_->integrated_pixels;
}
const std::vector<std::int64_t>& SubpixelRefinement::n_imprecise() const {
  return plan_->n_imprecise;
}
std::int64_t SubpixelRefinement::n_to_refine() const {
  return plan_->n_to_refine;
}
const RefinementCertificate& SubpixelRefinement::certificate() const {
  return plan_->certificate;
}

std::vector<double> SubpixelRefinement::pixels() const {
  return apply_subpixel_refinements(plan_->idx_to_refine, plan_->integrated_pixels, plan_->options.oversamp);
}

std::vector<double> SubpixelRefinement::apply(const Integrand& f, RefinementCertificate* certificate) const {
  const RefinementOptions& o = plan_->options;
  const CellRules single_rules(o.order, 1, false);
  const CellRules family_rules(o.order, o.oversamp, false);
  const std::size_t n_parts = static_cast<std::size_t>(o.oversamp) * static_cast<std::size_t>(o.oversamp);
  RefinementCertificate applied;
  applied.cells_per_level = plan_->certificate.cells_per_level;
  const std::vector<double> limits = limits_of(*plan_);
  std::vector<std::vector<double>> integrals;
  for (std::size_t k = 0; k < plan_->leaves.size(); ++k) {
    const LevelLeaves& leaves = plan_->leaves[k];
    std::vector<double>& level = integrals.emplace_back(plan_->integrated_pixels[k].size());
    const auto set = [&](std::size_t cell, double value, double difference) {
      level[cell] = value;
      add_leaf(applied, value, difference, o.precision);
      applied.outgrown |= std::isfinite(difference) && difference > limits[k];
    };
    const int depth = static_cast<int>(k);
    const RuleResults singles =
        single_rules.evaluate(f, leaves.singles, cell_side(depth, o.oversamp, o.base_oversamp));
    for (std::size_t leaf = 0; leaf < leaves.single_index.size(); ++leaf) {
      set(leaves.single_index[leaf], singles.values[leaf], singles.differences[leaf]);
    }
    const RuleResults families =
        family_rules.evaluate(f, leaves.families, cell_side(depth - 1, o.oversamp, o.base_oversamp));
    for (std::size_t leaf = 0; leaf < families.values.size(); ++leaf) {
      set(leaves.family_index[leaf / n_parts] * n_parts + leaf % n_parts, families.values[leaf],
          families.differences[leaf]);
    }
    applied.n_evaluations += singles.n_evaluations + families.n_evaluations;
  }
  applied.outgrown |= applied.n_non_finite > plan_->certificate.n_non_finite;
  if (certificate != nullptr) *certificate = applied;
  return apply_subpixel_refinements(plan_->idx_to_refine, integrals, o.oversamp);
}

std::vector<double> integrate_with_subpixel_refinement(const Integrand& f, PointsView points,
                                                       const RefinementOptions& options,
                                                       RefinementCertificate* certificate) {
  const SubpixelRefinement refinement = prepare_subpixel_refinements(f, points, options);
  if (certificate != nullptr) *certificate = refinement.certificate();
  return refinement.pixels();
}

}  // namespace gaxel
