#include "io/report/copy_table.hpp"

#include <fmt/format.h>

#include <cmath>

namespace gaxel::io::report {
namespace {

std::string field(std::string_view text) {
  std::string one_line(text);
  for (char& c : one_line) {
    if (c == '\t' || c == '\n' || c == '\r') c = ' ';
  }
  return one_line;
}

std::string number(double value) {
  return std::isfinite(value) ? fmt::format("{:.10g}", value) : "";
}

std::string latex(std::string_view text) {
  std::string escaped;
  for (const char c : field(text)) {
    switch (c) {
      case '\\':
        escaped += "\\textbackslash{}";
        break;
      case '~':
        escaped += "\\textasciitilde{}";
        break;
      case '^':
        escaped += "\\textasciicircum{}";
        break;
      case '&':
      case '%':
      case '$':
      case '#':
      case '_':
      case '{':
      case '}':
        escaped += '\\';
        [[fallthrough]];
      default:
        escaped += c;
    }
  }
  return escaped;
}

}  // namespace

std::string tab_separated(std::span<const ParameterRow> rows) {
  std::string text = "component\ttype\tparameter\tband\tvalue\terror\tunit\tnote\n";
  for (const ParameterRow& row : rows) {
    text += fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", field(row.component), row.type, row.parameter,
                        field(row.band), number(row.value), number(row.error), row.unit, note_text(row));
  }
  return text;
}

std::string latex_table(std::span<const ParameterRow> rows) {
  const bool several = has_bands(rows);
  std::string text = fmt::format("\\begin{{tabular}}{{ll{}rl}}\n", several ? "l" : "");
  text += fmt::format("component & parameter &{} value & unit \\\\\n\\hline\n", several ? " band &" : "");
  std::string_view last;
  for (const ParameterRow& row : rows) {
    const ValueText value = value_with_error(row.value, row.error);
    const std::string error = value.error.empty() ? "" : fmt::format(" \\pm {}", value.error);
    const std::string name = row.component == last ? "" : latex(row.component);
    last = row.component;
    text += fmt::format("{} & {} &{} ${}{}$ & {} \\\\\n", name, latex(row.parameter),
                        several ? fmt::format(" {} &", latex(row.band)) : "", value.value, error,
                        latex(row.unit));
  }
  return text + "\\end{tabular}\n";
}

}  // namespace gaxel::io::report
