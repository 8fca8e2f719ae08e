// The parameters of a fit as rows, in the convention of files; every table and report is made from these.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gaxel/fit.hpp"
#include "io/convention.hpp"

namespace gaxel::io {

/// What the numbers of every table mean, for its header.
inline constexpr std::string_view kConvention =
    "FITS pixels (1-based: the centre of the image's first pixel is 1, 1); pa in degrees counter-clockwise "
    "from +y; "
    "re in pixels along the major axis; errors are 1 sigma from the covariance of the fit";

/// "zero point 26.269, exposure 1: counts = exptime 10^(-0.4 (mag - zeropoint))", or empty without a zero
/// point.
std::string photometry_text(const Photometry& photometry);

/// The same for all bands, with the name of each where they differ.
std::string photometry_text(const Task& task);

/// "poisson_mlr 1070.5, ", or empty where the fit made chi2 least.
std::string statistic_text(const FitResult& result);

/// NoiseCorrelation::error_factor: "1.12", of several bands "g 1.12, r 1.05"; empty where it was not asked
/// for.
std::string error_factor_text(const Task& task, const FitResult& result);

struct ParameterRow {
  std::string component;
  std::string type;
  std::string parameter;  ///< key of scene files
  std::string band;       ///< where the value counts; empty: in all, or there is only one
  double value = 0.0;
  double error = 0.0;            ///< 1 sigma; NaN where fixed or degenerate
  std::string unit;              ///< empty for pure numbers
  double sandwich = kNoValue;    ///< 1 sigma by RobustCovariance::sandwich; NaN where it was not asked for
  double correlated = kNoValue;  ///< and by RobustCovariance::correlated
  bool fixed = false;
  std::string tie = {};    ///< the expression that the value follows
  bool has_prior = false;  ///< whether something was known of it beforehand
  ParameterFlag flag = ParameterFlag::kNone;
  /// Says nothing: a slope of a flat sky that is fixed at 0, or the pixel that it counts from. Tables for
  /// people leave it out.
  bool idle = false;
};

/// Value of a parameter in the convention of files; an angle without bounds is brought to
/// (-90, 90], or (-180, 180] where half a turn changes the light.
double file_value(const SceneComponent& component, std::size_t index, const FileFrame& frame);

/// One row for every parameter, in scene order; for what differs from band to band one for each.
std::vector<ParameterRow> parameter_table(const Task& task, const FitResult& result);

/// "tied", or as to_text(ParameterFlag): for tables that machines read.
std::string_view flag_word(const ParameterRow& row);

/// "fixed", "tied", the flag in words, "prior", or empty.
std::string note_text(const ParameterRow& row);

struct ValueText {
  std::string value;
  std::string error;  ///< empty when there is none
};

/// The error with two digits and the value to the same place; six digits without an error.
ValueText value_with_error(double value, double error);

/// The rows that say something.
std::vector<ParameterRow> without_idle(std::span<const ParameterRow> rows);

/// Whether any row counts in one of several bands.
bool has_bands(std::span<const ParameterRow> rows);

/// Aligned columns for a terminal, below comment lines that state the convention and the photometry. Ends
/// with a newline.
std::string text_table(std::span<const ParameterRow> rows, std::string_view photometry);

}  // namespace gaxel::io
