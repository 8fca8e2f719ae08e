// Parameter tables as ECSV (Enhanced Character Separated Values 1.0), which astropy.table reads.
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

/// Columns component, type, parameter, value, error, unit, fixed, flag; values that read back to the same
/// bits. `meta` follows the convention in the header.
std::string ecsv_text(std::span<const ParameterRow> rows, const TableMeta& meta);

}  // namespace gaxel::io
