// How parameters appear in scene files, tables and reports: FITS pixels (1-based, of the whole image), pa in
// degrees counter-clockwise from +y, magnitudes where a magnitude was given. Everything else keeps gaxel's
// inner units.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gaxel/bands.hpp"
#include "gaxel/component.hpp"
#include "io/task.hpp"

namespace gaxel::io {

/// What turns inner values into those of files.
struct FileFrame {
  Placement placement;
  Photometry photometry;
};

/// Key in scene files and column name in tables: the registry's name but for theta ("pa"), the slopes ("dx",
/// "dy") and a flux given as a magnitude ("mag").
std::string_view file_key(const ParameterSpec& spec, bool flux_is_magnitude);

/// Unit in files, "" for pure numbers: "pixel", "deg", "mag", "counts", "counts/pixel", "counts/pixel/pixel".
std::string_view file_unit(const ParameterSpec& spec, bool flux_is_magnitude);

/// What the parameter is, in the terms of files.
std::string_view file_doc(const ParameterSpec& spec);

/// The kind's definition, in the keys of files.
std::string file_doc(const ComponentKind& kind);

double to_file(Role role, bool flux_is_magnitude, double inner, const FileFrame& frame);
double to_inner(Role role, bool flux_is_magnitude, double in_file, const FileFrame& frame);

/// A change of convention: factor * value + constant.
struct LinearMap {
  double factor = 1.0;
  double constant = 0.0;

  bool is_identity() const { return factor == 1.0 && constant == 0.0; }
  /// Coefficients of a series (not of Basis::kBands): the functions carry the constant each in their own way.
  std::vector<double> of_series(Basis basis, std::vector<double> coefficients) const;
};

/// to_file and to_inner of all but magnitudes, which are no linear maps.
LinearMap map_to_file(Role role, const FileFrame& frame);
LinearMap map_to_inner(Role role, const FileFrame& frame);

/// |d file / d inner| at `inner`, to turn 1-sigma errors into those of files.
double file_error_scale(Role role, bool flux_is_magnitude, double inner);

}  // namespace gaxel::io
