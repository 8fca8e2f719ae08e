// Intervals and samples of the free parameters, in the convention of files.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "gaxel/fit.hpp"
#include "io/ecsv.hpp"
#include "io/task.hpp"

namespace gaxel::io {

/// A free value as files name it and count it.
struct FreeValueTerms {
  std::string component;
  std::string parameter;  ///< key of scene files; "re_1": a coefficient of a series
  std::string band;       ///< where it counts; empty: in all
  std::string unit;       ///< empty for pure numbers
  double value = 0.0;
  double error = kNoValue;  ///< 1 sigma from the covariance; NaN where not known
  /// Of another value than the best one. Angles go on where they pass the end of their range; positions are
  /// in the first band's pixels.
  std::function<double(double)> to_file;

  /// "galaxy.re", "galaxy.mag.g": unique.
  std::string label() const;
};

/// Of each of FitResult::free_values.
std::vector<FreeValueTerms> free_value_terms(const Task& task, const FitResult& result);

struct IntervalRow {
  FreeValueTerms terms;
  std::string method;  ///< "profile", "bootstrap"
  double low = 0.0;    ///< infinite where it was not found
  double high = 0.0;
  std::string_view low_end;  ///< "found", "at_range" (the end of the parameter's range) or "open"
  std::string_view high_end;
};

/// Of the profile likelihood, then of the bootstrap: its samples' central 68.3 percent.
std::vector<IntervalRow> interval_table(const Task& task, const FitResult& result);

/// How far the ends are from the value, to the place of its error; "open", or with what ends them.
struct IntervalText {
  std::string below;
  std::string above;
};
IntervalText interval_ends(const IntervalRow& row);

/// A line for each, for a terminal.
std::string interval_text(std::span<const IntervalRow> rows);

std::string interval_ecsv(std::span<const IntervalRow> rows, const TableMeta& meta);

/// The samples of the bootstrap, which are there: a column for each free value.
std::string samples_ecsv(const Task& task, const FitResult& result, TableMeta meta);

}  // namespace gaxel::io
