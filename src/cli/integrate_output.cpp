#include "cli/integrate_output.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <optional>

#include "io/convention.hpp"

namespace gaxel::cli {
namespace {

std::string profile_text(const Component& profile) {
  std::string text(profile.kind->name);
  for (const ParameterSpec& spec : profile.kind->parameters) {
    text += fmt::format("{} {}={:.6g}", text == profile.kind->name ? ":" : "", io::file_key(spec, false),
                        io::to_file(spec.role, false, profile.value(spec.role), {}));
  }
  return text;
}

double shortest_time(const Comparison& comparison) {
  double shortest = std::numeric_limits<double>::infinity();
  for (const RuleMeasurement& rule : comparison.measurements) {
    shortest = std::min(shortest, rule.milliseconds);
  }
  return shortest;
}

double per_pixel(const RuleMeasurement& rule, const Comparison& comparison) {
  return static_cast<double>(rule.n_evaluations) / static_cast<double>(comparison.shape.size());
}

std::string refinement_remarks(const Comparison& comparison) {
  std::string text;
  for (std::size_t i = 0; i < comparison.rules.size(); ++i) {
    const std::optional<RefinementCertificate>& certificate = comparison.measurements[i].refinement;
    if (!certificate) continue;
    const std::vector<std::int64_t>& cells = certificate->cells_per_level;
    text += fmt::format("{}: {} of {} cells imprecise; at levels 0 to {}: {}\n", comparison.rules[i].name,
                        certificate->n_imprecise, std::reduce(cells.begin(), cells.end()), cells.size() - 1,
                        fmt::join(cells, ", "));
  }
  if (text.empty()) return "";
  return fmt::format("\n{}{}\n", text, more_settings(comparison.options));
}

nlohmann::ordered_json refinement_json(const RefinementCertificate& certificate) {
  nlohmann::ordered_json json;
  json["n_imprecise"] = certificate.n_imprecise;
  json["n_non_finite"] = certificate.n_non_finite;
  json["cells_per_level"] = certificate.cells_per_level;
  return json;
}

using Line = std::array<std::string, 9>;

/// The lines with their cells below each other, the first two columns to the left.
std::string aligned(const std::vector<Line>& lines) {
  std::array<std::size_t, Line().size()> widths{};
  for (const Line& line : lines) {
    for (std::size_t k = 0; k < line.size(); ++k) widths[k] = std::max(widths[k], line[k].size());
  }
  std::string text;
  for (const Line& line : lines) {
    text += fmt::format("{:<{}}  {:<{}}", line[0], widths[0], line[1], widths[1]);
    for (std::size_t k = 2; k < line.size(); ++k) text += fmt::format("  {:>{}}", line[k], widths[k]);
    text += '\n';
  }
  return text;
}

}  // namespace

std::string comparison_table(const Comparison& comparison) {
  std::vector<Line> lines = {{"", "", "largest", "summed", "own", "evaluations", "per", "time", "times"},
                             {"rule", "", "error", "error", "estimate", "in all", "pixel", "ms", "fastest"}};
  const double shortest = shortest_time(comparison);
  const auto error_text = [](double error) { return fmt::format("{:.1e}", error); };
  for (std::size_t i = 0; i < comparison.rules.size(); ++i) {
    const RuleMeasurement& rule = comparison.measurements[i];
    lines.push_back(
        {comparison.rules[i].name, in_words(comparison.rules[i], comparison.options),
         error_text(rule.max_error), error_text(rule.sum_error),
         rule.own_estimate ? error_text(*rule.own_estimate) : "-", fmt::format("{}", rule.n_evaluations),
         fmt::format("{:.1f}", per_pixel(rule, comparison)), fmt::format("{:.3f}", rule.milliseconds),
         fmt::format("{:.1f}", rule.milliseconds / shortest)});
  }
  const Tolerance& truth = ExactPixels::kTolerance;
  return fmt::format(
             "{}; {} x {} pixels\n"
             "Errors are fractions of the flux, against exact pixels (the renderer at rtol {:g}, atol {:g}, "
             "whose\n"
             "certificate bounds their own errors by {:.1e}). Times: one thread, best of {}.\n\n",
             profile_text(comparison.profile), comparison.shape.nx, comparison.shape.ny, truth.rtol,
             truth.atol, comparison.truth_bound, comparison.repeat) +
         aligned(lines) + refinement_remarks(comparison);
}

nlohmann::ordered_json comparison_json(const Comparison& comparison, const std::vector<std::string>& files) {
  nlohmann::ordered_json json;
  json["profile"]["type"] = comparison.profile.kind->name;
  for (const ParameterSpec& spec : comparison.profile.kind->parameters) {
    json["profile"][std::string(io::file_key(spec, false))] =
        io::to_file(spec.role, false, comparison.profile.value(spec.role), {});
  }
  json["size"] = {comparison.shape.nx, comparison.shape.ny};
  const Tolerance& truth = ExactPixels::kTolerance;
  json["truth"] = {{"rtol", truth.rtol}, {"atol", truth.atol}, {"max_bound", comparison.truth_bound}};
  json["repeat"] = comparison.repeat;
  const RefinementOptions& options = comparison.options;
  json["refinement_options"] = {{"base_oversamp", options.base_oversamp}, {"order", options.order},
                                {"oversamp", options.oversamp},           {"precision", options.precision},
                                {"frac_refine", options.frac_refine},     {"k_max", options.k_max}};
  json["rules"] = nlohmann::ordered_json::array();
  const double shortest = shortest_time(comparison);
  for (std::size_t i = 0; i < comparison.rules.size(); ++i) {
    const RuleMeasurement& rule = comparison.measurements[i];
    nlohmann::ordered_json row;
    row["rule"] = comparison.rules[i].name;
    row["method"] = in_words(comparison.rules[i], options);
    row["max_error"] = rule.max_error;
    row["sum_error"] = rule.sum_error;
    row["own_estimate"] = rule.own_estimate ? nlohmann::ordered_json(*rule.own_estimate) : nullptr;
    row["evaluations"] = rule.n_evaluations;
    row["evaluations_per_pixel"] = per_pixel(rule, comparison);
    row["milliseconds"] = rule.milliseconds;
    row["times_fastest"] = rule.milliseconds / shortest;
    if (rule.refinement) row["refinement"] = refinement_json(*rule.refinement);
    json["rules"].push_back(row);
  }
  json["files"] = files;
  return json;
}

}  // namespace gaxel::cli
