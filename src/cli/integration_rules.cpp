#include "cli/integration_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "base/nearest_name.hpp"
#include "gaxel/error.hpp"
#include "gaxel/quadrature.hpp"

namespace gaxel::cli {
namespace {

struct FamilySpec {
  RuleFamily family;
  std::string_view stem;    ///< the name, before a number
  std::string_view suffix;  ///< of the name in the help
  std::string_view title;   ///< of the rule in tables
  std::string_view help;
};

constexpr std::array kFamilies{
    FamilySpec{RuleFamily::kMidpoint, "mid", "N", "midpoints",
               "N x N points in the middle of equal parts of the pixel; mid1 is the plain sample"},
    FamilySpec{RuleFamily::kGaussLegendre, "gl", "N", "Gauss-Legendre",
               "Gauss-Legendre with N x N nodes, N from 1 to 200"},
    FamilySpec{RuleFamily::kClenshawCurtis, "cc", "N", "Clenshaw-Curtis", "Clenshaw-Curtis with N x N nodes"},
    FamilySpec{RuleFamily::kKronrod, "k", "N", "Gauss-Kronrod",
               "Gauss-Kronrod with N x N nodes, N = 15, 21, 31, 41, 51 or 61"},
    FamilySpec{RuleFamily::kRefine, "refine", "", "refinement",
               "adaptive subpixel refinement: the worst cells are split, level by level"},
    FamilySpec{RuleFamily::kApply, "apply", "", "prepared refinement",
               "a refinement prepared before, applied: only the cells that make up the image"},
    FamilySpec{RuleFamily::kTree, "tree", "", "renderer", "gaxel's renderer at --rtol and --atol"}};
constexpr std::string_view kTreeTo = "tree:";

[[noreturn]] void fail(std::string_view name, const std::string& what, const std::string& allowed) {
  throw InputError({"", "--rule", fmt::format("\"{}\"", name), what, allowed});
}

const FamilySpec& spec_of(RuleFamily family) {
  return *std::ranges::find(kFamilies, family, &FamilySpec::family);
}

template <typename Number>
std::optional<Number> number_from(std::string_view text) {
  Number value{};
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // A number too large to be one is out of every range.
  if (error == std::errc::result_out_of_range) return Number{0};
  if (text.empty() || error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return value;
}

void check_order(std::string_view name, RuleFamily family, int order) {
  if (family != RuleFamily::kKronrod) {
    if (order >= 1 && order <= kMaxQuadratureOrder) return;
    fail(name, "the number of nodes is out of range", fmt::format("1 to {}", kMaxQuadratureOrder));
  }
  try {
    gauss_kronrod(order);
  } catch (const InputError& error) {
    fail(name, error.problem().what, error.problem().allowed);
  }
}

/// The rule of a family with a number, when the name is one.
std::optional<IntegrationRule> numbered_rule(std::string_view name) {
  for (const FamilySpec& spec : kFamilies) {
    if (spec.suffix.empty() || !name.starts_with(spec.stem)) continue;
    const std::optional<int> order = number_from<int>(name.substr(spec.stem.size()));
    if (!order) continue;
    check_order(name, spec.family, *order);
    return IntegrationRule{spec.family, *order, {}, fmt::format("{}{}", spec.stem, *order)};
  }
  return std::nullopt;
}

}  // namespace

IntegrationRule tree_as_exact_as(double error) {
  return integration_rule(fmt::format("{}{:.1e}", kTreeTo, error), {});
}

IntegrationRule integration_rule(std::string_view name, const Tolerance& tolerance) {
  for (const FamilySpec& spec : kFamilies) {
    if (spec.suffix.empty() && name == spec.stem) {
      return {spec.family, 0, tolerance, std::string(name)};
    }
  }
  if (name.starts_with(kTreeTo)) {
    const double error = number_from<double>(name.substr(kTreeTo.size())).value_or(0.0);
    if (!(error > 0.0) || !std::isfinite(error)) {
      fail(name, "not an error to aim for", "tree: and a number above 0, such as tree:1e-6");
    }
    return {RuleFamily::kTree, 0, {1e-12, error}, std::string(name)};
  }
  if (std::optional<IntegrationRule> rule = numbered_rule(name)) return *std::move(rule);
  // A misspelt name is compared without its number.
  const std::string_view stem = name.substr(0, name.find_first_of("0123456789:"));
  std::vector<std::string_view> stems;
  std::string all;
  for (const FamilySpec& spec : kFamilies) {
    stems.push_back(spec.stem);
    all += fmt::format("{}{}, ", spec.stem, spec.suffix);
  }
  all += "tree:A";
  const auto* meant = std::ranges::find(kFamilies, nearest_name(stem, stems), &FamilySpec::stem);
  if (meant == kFamilies.end()) fail(name, "there is no such rule", "allowed: " + all);
  fail(name, "there is no such rule",
       fmt::format("did you mean \"{}{}\"? allowed: {}", meant->stem, meant->suffix, all));
}

std::vector<IntegrationRule> usual_rules(const Tolerance& tolerance) {
  std::vector<IntegrationRule> rules;
  for (const char* name : {"mid1", "mid10", "gl3", "gl7", "cc7", "k15", "refine", "apply", "tree"}) {
    rules.push_back(integration_rule(name, tolerance));
  }
  return rules;
}

std::string in_words(const IntegrationRule& rule, const RefinementOptions& options) {
  const std::string_view title = spec_of(rule.family).title;
  if (rule.family == RuleFamily::kTree) {
    return fmt::format("{}, rtol {:g}, atol {:.2g}", title, rule.tolerance.rtol, rule.tolerance.atol);
  }
  if (rule.refines()) return fmt::format("{}, order {}, k_max {}", title, options.order, options.k_max);
  return fmt::format("{}, {} x {} nodes", title, rule.order, rule.order);
}

std::string more_settings(const RefinementOptions& options) {
  return fmt::format("precision {:g}, oversamp {}, frac_refine {:g}, base_oversamp {}", options.precision,
                     options.oversamp, options.frac_refine, options.base_oversamp);
}

std::string rules_help() {
  std::string text;
  for (const FamilySpec& spec : kFamilies) {
    text += fmt::format("  {:<8}{}\n", fmt::format("{}{}", spec.stem, spec.suffix), spec.help);
  }
  return text +
         fmt::format("  {:<8}{}\n", "tree:A", "gaxel's renderer, no pixel wrong by more than A of the flux");
}

}  // namespace gaxel::cli
