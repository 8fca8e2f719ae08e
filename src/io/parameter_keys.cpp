#include "io/parameter_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>

namespace gaxel::io {
namespace {

constexpr std::array<std::string_view, 15> kKeys{"value",  "fixed",        "min",   "max",       "prior",
                                                 "tie",    "difference",   "ratio", "chebyshev", "bspline",
                                                 "values", "coefficients", "free",  "constant",  "bands"};
constexpr std::array<std::string_view, 4> kVariations{"bands", "chebyshev", "bspline", "constant"};
constexpr std::array<std::string_view, 4> kPriorKeys{"mean", "sigma", "median", "log_sigma"};
constexpr int kMostTerms = 1000;

}  // namespace

NumberRange range_of(const ParameterSpec& spec, bool flux_is_magnitude) {
  const bool same_unit = file_key(spec, flux_is_magnitude) == spec.name;
  return same_unit ? NumberRange{spec.min, spec.max} : NumberRange{};
}

ParameterReader::ParameterReader(const TomlTable& component, const ParameterSpec& spec,
                                 bool flux_is_magnitude, const SceneFrame& frame)
    : component_(component),
      spec_(spec),
      flux_is_magnitude_(flux_is_magnitude),
      frame_(frame),
      key_(file_key(spec, flux_is_magnitude)) {
  if (component.is_table(key_)) table_ = component.table(key_);
}

void ParameterReader::fail(std::string_view key, const std::string& what, const std::string& allowed) const {
  if (table_) table_->fail(key, what, allowed);
  component_.fail(key_, what, allowed);
}

double ParameterReader::inner(double in_file, const FileFrame& frame) const {
  const double value = to_inner(spec_.role, flux_is_magnitude_, in_file, frame);
  if (!std::isfinite(value) || (is_magnitude() && !(value > 0.0))) {
    component_.fail(key_, "no finite flux belongs to this magnitude", "a magnitude near the zero point");
  }
  return value;
}

std::optional<double> ParameterReader::number(std::string_view key) const {
  return table_ ? table_->number(key, range_of(spec_, flux_is_magnitude_)) : std::nullopt;
}

Parameter ParameterReader::read() const {
  Parameter parameter;
  if (!table_ && !component_.is_number(key_)) {
    component_.fail(key_, "wrong type",
                    range_of(spec_, flux_is_magnitude_).text() + ", or a table { value, fixed, min, max }");
  }
  if (table_) table_->allow_only(kKeys);
  const std::optional<double> value =
      table_ ? number("value") : component_.number(key_, range_of(spec_, flux_is_magnitude_));
  const bool fixed = table_ && table_->boolean("fixed").value_or(false);
  if (!spec_.fittable && (table_ || !value)) {
    const bool plain = table_ && value && fixed && table_->keys().size() == 2;
    if (!plain) component_.fail(key_, "this is a constant and cannot be fitted", "a number");
  }
  parameter.free = spec_.fittable && !fixed;
  if (value) parameter.value = inner(*value);
  if (table_) {
    read_bounds(parameter);
    read_prior(parameter);
    if (table_->has("tie")) {
      if (table_->keys().size() > 1) fail("tie", "other keys are given too", "a tie alone");
      parameter.free = false;
      return parameter;
    }
  }
  read_variation(value, fixed, parameter);
  read_coefficient_bounds(parameter);
  const bool constant = parameter.basis == Basis::kConstant;
  const bool known =
      constant ? !std::isnan(parameter.value)
               : std::ranges::none_of(parameter.coefficients, [](double c) { return std::isnan(c); });
  if (fixed && !known) fail("value", "missing", "the value that is kept fixed");
  if (!known && !frame_.estimate)
    component_.fail(key_, "has no value", "a number; gaxel fit estimates it, and writes it to result.toml");
  return parameter;
}

void ParameterReader::read_bounds(Parameter& parameter) const {
  const std::optional<double> value = number("value");
  const std::optional<double> min = table_->is_list("min") ? std::nullopt : number("min");
  const std::optional<double> max = table_->is_list("max") ? std::nullopt : number("max");
  if (min && max && !(*min < *max)) fail("max", "not above min", "min < max");
  if (value && ((min && *value < *min) || (max && *value > *max)))
    fail("value", "outside min and max", "a value between them");
  if (min) parameter.min = inner(*min);
  if (max) parameter.max = inner(*max);
  if (!is_magnitude()) return;
  // A faint magnitude is a small flux.
  parameter.min = max ? inner(*max) : Parameter().min;
  parameter.max = min ? inner(*min) : Parameter().max;
}

FileFrame ParameterReader::frame_of_band(std::size_t band) const {
  FileFrame frame = frame_.file;
  frame.photometry = frame_.bands[band].file.photometry;
  return frame;
}

void ParameterReader::read_coefficient_bounds(Parameter& parameter) const {
  for (const char* key : {"min", "max"}) {
    if (!table_ || !table_->is_list(key)) continue;
    if (parameter.basis == Basis::kConstant)
      fail(key, "a list goes with bands, chebyshev or bspline", "a number");
    const bool is_min = std::string_view(key) == "min";
    std::vector<double> ends = *table_->numbers(key, parameter.coefficients.size(), true);
    const bool in_bands = parameter.basis == Basis::kBands;
    for (std::size_t b = 0; in_bands && b < ends.size(); ++b) {
      if (std::isfinite(ends[b]))
        ends[b] = inner(ends[b], frame_of_band(b));
      else if (is_magnitude())
        ends[b] = -ends[b];
    }
    if (!in_bands && !is_magnitude())
      ends = map_to_inner(spec_.role, frame_.file).of_series(parameter.basis, std::move(ends));
    // In single bands a faint magnitude is a small flux.
    const bool lower = is_min != (in_bands && is_magnitude());
    (lower ? parameter.coefficient_min : parameter.coefficient_max) = std::move(ends);
  }
}

void ParameterReader::read_prior(Parameter& parameter) const {
  const std::optional<TomlTable> prior = table_->table("prior");
  if (!prior) return;
  prior->allow_only(kPriorKeys);
  const std::optional<double> mean = prior->number("mean");
  const std::optional<double> sigma = prior->number("sigma", {0.0, NumberRange().max, true});
  const std::optional<double> median = prior->number("median", {0.0, NumberRange().max, true});
  const std::optional<double> log_sigma = prior->number("log_sigma", {0.0, NumberRange().max, true});
  if (mean && sigma && !median && !log_sigma) {
    if (is_magnitude()) {  // a normal magnitude is a log-normal flux
      parameter.prior = Prior{std::log(inner(*mean)), 0.4 * std::numbers::ln10 * *sigma, true};
    } else {
      parameter.prior =
          Prior{inner(*mean), std::abs(map_to_inner(spec_.role, frame_.file).factor * *sigma), false};
    }
  } else if (median && log_sigma && !mean && !sigma && !is_magnitude()) {
    parameter.prior = Prior{std::log(inner(*median)), *log_sigma, true};
  } else {
    prior->fail(
        "", "no prior",
        is_magnitude() ? "mean and sigma" : "mean and sigma, or median and log_sigma (of the logarithm)");
  }
}

void ParameterReader::read_variation(std::optional<double> value, bool fixed, Parameter& parameter) const {
  const std::size_t n_bands = frame_.bands.size();
  int n_given = 0;
  for (const std::string_view key : kVariations) n_given += table_ && table_->has(key) ? 1 : 0;
  if (n_given > 1)
    fail(kVariations[0], "depends on the bands in several ways", "one of bands, chebyshev, bspline");
  const bool by_default = n_given == 0 && n_bands > 1 && is_light(spec_.role);
  if (n_given > 0 && n_bands < 2) fail("", "the scene has one band only", "[[band]] tables");
  if (n_given > 0 && !spec_.fittable) component_.fail(key_, "this is a constant", "a number");
  const bool list_for_series = table_ && (table_->has("values") || table_->has("coefficients"));
  if (by_default || (table_ && table_->has("bands"))) {
    read_bands(value, parameter);
  } else if (table_ && table_->has("chebyshev")) {
    read_series(Basis::kChebyshev, *table_->integer("chebyshev", 1, kMostTerms), value, parameter);
  } else if (table_ && table_->has("bspline")) {
    read_series(Basis::kBSpline, *table_->integer("bspline", 1, kMostTerms), value, parameter);
  } else if (list_for_series) {
    fail(table_->has("values") ? "values" : "coefficients", "goes with a series",
         "chebyshev = N or bspline = N");
  }
  if (parameter.basis == Basis::kConstant) return;
  const std::size_t n = parameter.coefficients.size();
  if (table_ && table_->has("free")) {
    const std::vector<int> marks = *table_->integers("free", n, 0, 1);
    parameter.free_coefficients.assign(marks.begin(), marks.end());
    parameter.free = std::ranges::count(marks, 1) > 0;
    if (fixed) fail("free", "\"fixed\" is given too", "one of them");
  }
  if (!parameter.free) parameter.free_coefficients.assign(n, 0);
}

void ParameterReader::read_bands(std::optional<double> value, Parameter& parameter) const {
  parameter.basis = Basis::kBands;
  const std::size_t n = frame_.bands.size();
  parameter.free_coefficients.assign(n, 1);
  const bool list = table_ && table_->has("bands") && !table_->is_truth("bands");
  if (table_ && table_->is_truth("bands") && table_->boolean("bands") == false)
    fail("bands", "no list", "true, or a value for each band");
  if (list && value) fail("value", "\"bands\" is given too", "one of them");
  const std::vector<double> in_file = list    ? values_of_bands("bands")
                                      : value ? std::vector<double>(n, *value)
                                              : std::vector<double>();
  parameter.coefficients.assign(n, kNoValue);
  for (std::size_t b = 0; b < in_file.size(); ++b) {
    parameter.coefficients[b] = inner(in_file[b], frame_of_band(b));
  }
}

void ParameterReader::read_series(Basis basis, int terms, std::optional<double> value,
                                  Parameter& parameter) const {
  parameter.basis = basis;
  if (value.has_value() + table_->has("values") + table_->has("coefficients") > 1)
    fail("coefficients", "the start is given twice", "one of value, values and coefficients");
  std::vector<double> in_file(static_cast<std::size_t>(terms), kNoValue);
  if (value) {
    in_file.assign(in_file.size(), basis == Basis::kChebyshev ? 0.0 : *value);
    in_file[0] = *value;
  } else if (table_->has("values")) {
    std::vector<double> wavelengths;
    for (const SceneBand& band : frame_.bands) wavelengths.push_back(band.wavelength);
    in_file = Wavelengths(wavelengths).series_through(values_of_bands("values"), basis, terms);
  } else if (table_->has("coefficients")) {
    in_file = *table_->numbers("coefficients", basis == Basis::kBSpline ? in_file.size() : 0);
    in_file.resize(std::max(in_file.size(), static_cast<std::size_t>(terms)), 0.0);
  }
  parameter.coefficients = is_magnitude()  // magnitudes stay magnitudes
                               ? std::move(in_file)
                               : map_to_inner(spec_.role, frame_.file).of_series(basis, std::move(in_file));
  parameter.free_coefficients.assign(parameter.coefficients.size(), 0);
  std::fill_n(parameter.free_coefficients.begin(), terms, std::uint8_t{1});
}

std::vector<double> ParameterReader::values_of_bands(std::string_view key) const {
  const std::vector<double> values = *table_->numbers(key, frame_.bands.size());
  const NumberRange range = range_of(spec_, flux_is_magnitude_);
  for (const double value : values) {
    if (!range.holds(value)) fail(key, fmt::format("{} is out of range", value), range.text());
  }
  return values;
}

}  // namespace gaxel::io
