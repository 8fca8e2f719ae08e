#include "io/report/error_sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "io/derived_table.hpp"
#include "io/interval_table.hpp"
#include "io/report/svg.hpp"

namespace gaxel::io::report {
namespace {

std::string text_cell(std::string_view text) {
  return fmt::format("<td>{}</td>", escape_markup(text));
}

std::string number_cell(std::string_view text) {
  return fmt::format("<td class=\"number\">{}</td>", escape_markup(text));
}

std::string quantity_words(const std::string& key) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kWords{
      {{"r_half", "half-light radius, major axis"},
       {"r_half_circ", "half-light radius, circularised"},
       {"mu_e", "surface brightness at that radius"},
       {"mean_mu_e", "mean surface brightness inside"},
       {"mu_0", "central surface brightness"},
       {"i_e", "surface brightness at that radius"},
       {"mean_i_e", "mean surface brightness inside"},
       {"i_0", "central surface brightness"},
       {"fraction", "share of the total flux"},
       {"mag", "total magnitude"},
       {"flux", "total flux"}}};
  constexpr std::string_view kArcsec = "_arcsec";
  const std::string name = key.ends_with(kArcsec) ? key.substr(0, key.size() - kArcsec.size()) : key;
  const auto* const found =
      std::ranges::find_if(kWords, [&name](const auto& pair) { return pair.first == name; });
  return found == kWords.end() ? name : std::string(found->second);
}

std::string unit_text(const std::string& unit) {
  if (unit == "mag/arcsec2") return "mag / arcsec²";
  if (unit == "mag/pixel2") return "mag / pixel²";
  return unit;
}

}  // namespace

std::string derived_section(const Task& task, const FitResult& result) {
  const std::vector<DerivedRow> rows = derived_table(task, result);
  if (rows.empty()) return "";
  const bool several = std::ranges::any_of(rows, [](const DerivedRow& row) { return !row.band.empty(); });
  std::string text = fmt::format(
      "<h2>Derived values</h2>\n<div "
      "class=\"scroll\"><table>\n<thead><tr><th>component</th><th>quantity</th>{}<th "
      "class=\"number\">value</th><th class=\"number\">error</th><th>unit</th></tr></thead>\n<tbody>\n",
      several ? "<th>band</th>" : "");
  for (const DerivedRow& row : rows) {
    const ValueText value = value_with_error(row.value, row.error);
    text += "<tr>" + text_cell(row.component) + text_cell(quantity_words(row.quantity)) +
            (several ? text_cell(row.band) : "") + number_cell(value.value) + number_cell(value.error) +
            text_cell(unit_text(row.unit)) + "</tr>\n";
  }
  return text +
         "</tbody>\n</table></div>\n<p class=\"key\">Of the light before the PSF; errors by the covariance "
         "of "
         "all free parameters.</p>\n";
}

std::string intervals_section(const Task& task, const FitResult& result) {
  const std::vector<IntervalRow> rows = interval_table(task, result);
  if (rows.empty()) return "";
  std::string text =
      "<h2>Intervals</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th>component</th><th>parameter</th><th "
      "class=\"number\">value</th><th class=\"number\">error</th><th class=\"number\">−</th><th "
      "class=\"number\">+</th><th>unit</th><th>by</th></tr></thead>\n<tbody>\n";
  for (const IntervalRow& row : rows) {
    const FreeValueTerms& terms = row.terms;
    const ValueText value = value_with_error(terms.value, terms.error);
    const IntervalText ends = interval_ends(row);
    const std::string name =
        terms.band.empty() ? terms.parameter : fmt::format("{}, {}", terms.parameter, terms.band);
    text += "<tr>" + text_cell(terms.component) + text_cell(name) + number_cell(value.value) +
            number_cell(value.error) + number_cell(ends.below) + number_cell(ends.above) +
            text_cell(terms.unit) + text_cell(row.method) + "</tr>\n";
  }
  text += "</tbody>\n</table></div>\n<p class=\"key\">68.3 percent.";
  if (!result.intervals.empty()) {
    text +=
        " Profile: between the ends the best fit of all other parameters has χ², priors included, less than "
        "1 "
        "above the least.";
  }
  if (result.samples) {
    text += fmt::format(
        " Bootstrap: of {} fits to images made from the model with {}, seed {}{}.", result.samples->n,
        result.samples->method == "blocks" ? "blocks of the residuals" : "normal noise", result.samples->seed,
        result.samples->n_failed > 0 ? fmt::format("; {} more did not converge", result.samples->n_failed)
                                     : "");
  }
  return text + "</p>\n";
}

}  // namespace gaxel::io::report
