#include "io/ecsv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
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

bool is_plain(std::string_view name) {
  return std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

std::string yaml_name(const std::string& name) {
  return is_plain(name) ? name : yaml_quoted(name);
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

std::string cell(bool value) {
  return value ? "True" : "False";
}

std::string cell(std::int64_t value) {
  return fmt::format("{}", value);
}

std::string cell(double value) {
  return std::isfinite(value) ? fmt::format("{}", value)
         : std::isnan(value)  ? "nan"
         : value > 0.0        ? "inf"
                              : "-inf";
}

const std::array kColumns = {
    EcsvColumn{"component", "string", "name of the component"},
    EcsvColumn{"type", "string", "kind of the component"},
    EcsvColumn{"parameter", "string", "key of the scene file"},
    EcsvColumn{"value", "float64", "best value"},
    EcsvColumn{"error", "float64", "1 sigma; nan where fixed or degenerate"},
    EcsvColumn{"unit", "string", "unit of value and error, 1 for pure numbers"},
    EcsvColumn{"fixed", "bool", "held at its value"},
    EcsvColumn{
        "flag", "string",
        "ok, tied (follows others), at_bound (the fit ended on a bound or limit), unconstrained (its error "
        "exceeds its range), did_not_move (still at its start) or degenerate (chi2 does not depend on it)"},
    EcsvColumn{"error_sandwich", "float64", "1 sigma by the residuals as they are; nan where not known"},
    EcsvColumn{"error_correlated", "float64",
               "1 sigma by the variance and correlation of the background's noise; nan where not known"}};

const EcsvColumn kBand{"band", "string", "where the value counts; empty: in all bands"};

}  // namespace

std::string ecsv_document(std::span<const EcsvColumn> columns, std::span<const EcsvRow> rows,
                          const TableMeta& meta) {
  std::string text = "# %ECSV 1.0\n# ---\n# datatype:\n";
  for (const EcsvColumn& column : columns) {
    text += fmt::format("# - {{name: {}, datatype: {}, description: {}}}\n", yaml_name(column.name),
                        column.datatype, yaml_quoted(column.description));
  }
  text += fmt::format("# meta: !!omap\n# - convention: {}\n", yaml_quoted(kConvention));
  for (const auto& [key, value] : meta) {
    text += fmt::format("# - {}: {}\n", key, std::visit([](const auto& v) { return yaml(v); }, value));
  }
  text += "# schema: astropy-2.0\n";
  for (std::size_t k = 0; k < columns.size(); ++k)
    text += fmt::format("{}{}", k > 0 ? " " : "",
                        is_plain(columns[k].name) ? columns[k].name : cell(columns[k].name));
  text += '\n';
  for (const EcsvRow& row : rows) {
    for (std::size_t k = 0; k < row.size(); ++k) {
      text += k > 0 ? " " : "";
      text += std::visit([](const auto& v) { return cell(v); }, row[k]);
    }
    text += '\n';
  }
  return text;
}

std::string unit_cell(const std::string& unit) {
  return unit.empty() ? "1" : unit;
}

std::string ecsv_text(std::span<const ParameterRow> rows, const TableMeta& meta) {
  std::vector<EcsvColumn> columns(kColumns.begin(), kColumns.end());
  const bool several = has_bands(rows);
  if (several) columns.insert(columns.begin() + 3, kBand);
  std::vector<EcsvRow> cells;
  for (const ParameterRow& row : rows) {
    EcsvRow& own = cells.emplace_back(EcsvRow{row.component, row.type, row.parameter, row.value, row.error,
                                              unit_cell(row.unit), row.fixed, std::string(flag_word(row)),
                                              row.sandwich, row.correlated});
    if (several) own.insert(own.begin() + 3, row.band);
  }
  return ecsv_document(columns, cells, meta);
}

}  // namespace gaxel::io
