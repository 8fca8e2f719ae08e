// Values that follow from a fit as rows, in the convention of files.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "gaxel/derived.hpp"
#include "io/ecsv.hpp"
#include "io/task.hpp"

namespace gaxel::io {

struct DerivedRow {
  std::string component;  ///< "total" of all components together
  std::string type;       ///< empty there
  std::string quantity;   ///< DerivedValue::key
  std::string band;       ///< "g", of colours "g-r"; empty where there is only one band
  double value = 0.0;
  double error = kNoValue;  ///< 1 sigma; NaN where not known, as those that follow
  std::string unit;         ///< empty for pure numbers
  double sandwich = kNoValue;
  double correlated = kNoValue;
};

/// Magnitudes where the image has a zero point, arcsec where its header has coordinates on the sky.
std::vector<DerivedRow> derived_table(const Task& task, const FitResult& result);

std::string derived_ecsv(std::span<const DerivedRow> rows, const TableMeta& meta);

}  // namespace gaxel::io
