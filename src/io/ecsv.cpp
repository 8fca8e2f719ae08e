#include "io/ecsv.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace gaxel::io {
namespace {

// YAML's double-quoted style; the escapes it shares with JSON.
std::string yaml_quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      quoted += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string yaml(const std::string& text) {
  return yaml_quoted(text);
}
std::string yaml(double value) {
  return std::isfinite(value) ? fmt::format("{:#}", value) : ".nan";
}
std::string yaml(std::int64_t value) {
  return fmt::format("{}", value);
}

// Always quoted, so that names with blanks and empty cells keep their place.
std::string cell(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c == '\n' || c == '\r' ? ' ' : c;
  }
  return quoted + '"';
}

std::string cell(double value) {
  return std::isfinite(value) ? fmt::format("{}", value)
         : std::isnan(value)  ? "nan"
         : value > 0.0        ? "inf"
                              : "-inf";
}

struct Column {
  std::string_view name;
  std::string_view datatype;
  std::string_view description;
};

constexpr std::array kColumns = {
    Column{"component", "string", "name of the component"},
    Column{"type", "string", "kind of the component"},
    Column{"parameter", "string", "key of the scene file"},
    Column{"value", "float64", "best value"},
    Column{"error", "float64", "1 sigma; nan where fixed or degenerate"},
    Column{"unit", "string", "unit of value and error, 1 for pure numbers"},
    Column{"fixed", "bool", "held at its value"},
    Column{
        "flag", "string",
        "ok, tied (follows others), at_bound (the fit ended on a bound or limit), unconstrained (its error "
        "exceeds its range), did_not_move (still at its start) or degenerate (chi2 does not depend on it)"},
    Column{"error_sandwich", "float64", "1 sigma by the residuals as they are; nan where not known"},
    Column{"error_correlated", "float64",
           "1 sigma by the variance and correlation of the background's noise; nan where not known"}};

constexpr Column kBand{"band", "string", "where the value counts; empty: in all bands"};

}  // namespace

std::string ecsv_text(std::span<const ParameterRow> rows, const TableMeta& meta) {
  std::string text = "# %ECSV 1.0\n# ---\n# datatype:\n";
  std::vector<Column> columns(kColumns.begin(), kColumns.end());
  const bool several = has_bands(rows);
  if (several) columns.insert(columns.begin() + 3, kBand);
  for (const Column& column : columns) {
    text += fmt::format("# - {{name: {}, datatype: {}, description: {}}}\n", column.name, column.datatype,
                        yaml_quoted(column.description));
  }
  text += fmt::format("# meta: !!omap\n# - convention: {}\n", yaml_quoted(kConvention));
  for (const auto& [key, value] : meta) {
    text += fmt::format("# - {}: {}\n", key, std::visit([](const auto& v) { return yaml(v); }, value));
  }
  text += "# schema: astropy-2.0\n";
  for (std::size_t k = 0; k < columns.size(); ++k)
    text += fmt::format("{}{}", k > 0 ? " " : "", columns[k].name);
  text += '\n';
  for (const ParameterRow& row : rows) {
    // Readers take an empty cell for a missing value.
    const std::string_view unit = row.unit.empty() ? "1" : std::string_view(row.unit);
    const std::string band = several ? cell(row.band) + " " : "";
    text += fmt::format("{} {} {} {}{} {} {} {} {} {} {}\n", cell(row.component), cell(row.type),
                        cell(row.parameter), band, cell(row.value), cell(row.error), cell(unit),
                        row.fixed ? "True" : "False", cell(flag_word(row)), cell(row.sandwich),
                        cell(row.correlated));
  }
  return text;
}

}  // namespace gaxel::io
