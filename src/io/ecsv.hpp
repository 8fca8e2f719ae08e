// Tables as ECSV (Enhanced Character Separated Values 1.0), which astropy.table reads.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "io/parameter_table.hpp"

namespace gaxel::io {

/// Facts about a table, for its header.
using TableMeta = std::vector<std::pair<std::string, std::variant<std::string, double, std::int64_t>>>;

struct EcsvColumn {
  std::string name;
  std::string datatype;  ///< "string", "float64", "bool", ...
  std::string description;
};

/// A cell: texts are quoted, numbers read back to the same bits.
using EcsvCell = std::variant<std::string, double, std::int64_t, bool>;
using EcsvRow = std::vector<EcsvCell>;

/// Rows of as many cells as there are columns. `meta` follows the convention in the header.
std::string ecsv_document(std::span<const EcsvColumn> columns, std::span<const EcsvRow> rows,
                          const TableMeta& meta);

/// Columns component, type, parameter, value, error, unit, fixed, flag.
std::string ecsv_text(std::span<const ParameterRow> rows, const TableMeta& meta);

/// A unit as a cell: readers take an empty one for a missing value, so that of pure numbers is "1".
std::string unit_cell(const std::string& unit);

}  // namespace gaxel::io
