// The table of parameters as text for other programs.
#pragma once

#include <span>
#include <string>

#include "io/parameter_table.hpp"

namespace gaxel::io::report {

/// A line of names and one for each row, fields between tabs: component, type, parameter, band, value, error,
/// unit, note. Ten digits; no error is an empty field.
std::string tab_separated(std::span<const ParameterRow> rows);

/// A tabular environment of LaTeX: component, parameter, band where there are some, value with its error,
/// unit.
std::string latex_table(std::span<const ParameterRow> rows);

}  // namespace gaxel::io::report
