// The rules of integration by name: gl7, cc7, mid10, k15, refine, apply, tree.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gaxel/integration.hpp"
#include "gaxel/render.hpp"

namespace gaxel::cli {

enum class RuleFamily { kGaussLegendre, kClenshawCurtis, kMidpoint, kKronrod, kRefine, kApply, kTree };

struct IntegrationRule {
  RuleFamily family = RuleFamily::kTree;
  int order = 0;        ///< nodes a side, of the rules that have a fixed number
  Tolerance tolerance;  ///< of a tree
  std::string name;     ///< "gl7"

  bool refines() const { return family == RuleFamily::kRefine || family == RuleFamily::kApply; }
};

/// The rule of that name; a tree has `tolerance`, "tree:A" instead rtol 1e-12 and atol A. Throws InputError
/// (key --rule) for unknown names, with the nearest, and for orders and tolerances out of range.
IntegrationRule integration_rule(std::string_view name, const Tolerance& tolerance);

/// "tree:A" with A = error to two digits.
IntegrationRule tree_as_exact_as(double error);

/// What is compared unless told otherwise, but for the tree that is as exact as the refinement, which only a
/// run can tell.
std::vector<IntegrationRule> usual_rules(const Tolerance& tolerance);

/// The rule in a few words, with its main settings.
std::string in_words(const IntegrationRule& rule, const RefinementOptions& options);

/// The settings of refinements that in_words leaves out.
std::string more_settings(const RefinementOptions& options);

/// A line for each family, for the help.
std::string rules_help();

}  // namespace gaxel::cli
