// Results of a fit in GALFIT's numbers.
#pragma once

#include <string>
#include <vector>

#include "gaxel/fit.hpp"
#include "io/task.hpp"
#include "legacy/galfit_scene.hpp"

namespace gaxel::legacy {

/// A number of an object after the fit.
struct FinalNumber {
  std::string row;
  std::size_t index = 0;  ///< which number of the row
  std::string key = {};   ///< of the scene's parameter; empty where it follows from several
  double value = 0.0;
  double error = 0.0;  ///< 1 sigma; NaN where there is none
  bool fixed = false;
  bool tied = false;
  ParameterFlag flag = ParameterFlag::kNone;

  /// Not told by the data, or hardly.
  bool is_suspect() const {
    return flag == ParameterFlag::kDegenerate || flag == ParameterFlag::kUnconstrained;
  }

  /// "12.0000 +/- 0.1000"; fixed "[12.0000]", tied or at the end of its range "{12.0000}", suspect
  /// "*12.0000* +/- *nan*".
  std::string text() const;
};

struct FinalObject {
  const GalfitObject* object = nullptr;
  std::vector<FinalNumber> numbers;

  /// The number at that place, or null.
  const FinalNumber* find(std::string_view row, std::size_t index = 0) const;
};

/// Every object of the file that went into the scene, which `result` is a fit of, as it is in a band: by its
/// place in mapped.bands.
std::vector<FinalObject> final_objects(const GalfitDocument& document, const MappedGalfit& mapped,
                                       const io::Task& task, const FitResult& result, std::size_t band = 0);

/// Four decimals, or an exponent for what is small.
std::string galfit_number(double value);

}  // namespace gaxel::legacy
