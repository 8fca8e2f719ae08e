// A parameter of a [[component]]: a number, or a table with bounds, its dependence on wavelength, a prior.
#pragma once

#include <string_view>

#include "gaxel/scene.hpp"
#include "io/scene_file.hpp"

namespace gaxel::io {

/// Numbers that are allowed for a parameter as the file gives it.
NumberRange range_of(const ParameterSpec& spec, bool flux_is_magnitude);

/// Reads
///     key = 1.5
///     key = { value = 1.5, fixed = true, min = 1, max = 2, prior = { mean = 1.4, sigma = 0.1 } }
/// and for several bands
///     key = { bands = [1.5, 1.6] }, { bands = true }: a value of its own in each
///     key = { chebyshev = 2 }, { bspline = 4 }: a series of so many terms, with `value`, `values` (in the
///     bands) or
///           `coefficients`
///     key = { constant = true }: one for all
/// with min = [1, -inf, ...] and max = [2, inf, ...], ends of each value or coefficient,
/// and with free = [1, 0, ...], a mark for each value or coefficient, where not all are.
/// A tie is left to read_tie. Throws InputError for what contradicts itself or is out of range.
class ParameterReader {
 public:
  ParameterReader(const TomlTable& component, const ParameterSpec& spec, bool flux_is_magnitude,
                  const SceneFrame& frame);

  Parameter read() const;

 private:
  bool is_table() const { return table_.has_value(); }
  bool is_magnitude() const { return spec_.role == Role::kFlux && flux_is_magnitude_; }
  [[noreturn]] void fail(std::string_view key, const std::string& what, const std::string& allowed) const;
  double inner(double in_file, const FileFrame& frame) const;
  double inner(double in_file) const { return inner(in_file, frame_.file); }
  std::optional<double> number(std::string_view key) const;
  void read_bounds(Parameter& parameter) const;
  void read_coefficient_bounds(Parameter& parameter) const;
  FileFrame frame_of_band(std::size_t band) const;
  void read_prior(Parameter& parameter) const;
  void read_variation(std::optional<double> value, bool fixed, Parameter& parameter) const;
  void read_bands(std::optional<double> value, Parameter& parameter) const;
  void read_series(Basis basis, int terms, std::optional<double> value, Parameter& parameter) const;
  std::vector<double> values_of_bands(std::string_view key) const;

  const TomlTable& component_;
  const ParameterSpec& spec_;
  bool flux_is_magnitude_;
  const SceneFrame& frame_;
  std::string_view key_;
  std::optional<TomlTable> table_;
};

}  // namespace gaxel::io
