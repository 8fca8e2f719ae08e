// GALFIT's and GALFITM's constraint files.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "legacy/galfit_document.hpp"
#include "legacy/text_document.hpp"

namespace gaxel::legacy {

/// What a line of a constraint file asks for. low and high of GalfitConstraint belong to it.
enum class ConstraintForm {
  kAbsolute,    ///< "3 n 0.7 to 5": low <= value <= high
  kRelative,    ///< "3 n -1 0.5": low <= value - input <= high
  kFactor,      ///< "3 re factor 5": input / high <= value <= input * high
  kReference,   ///< "3 x -2 ref 2": low <= value - value at the reference wavelength <= high, in each band
  kDifference,  ///< "3-7 mag -0.5 3": low <= value of 7 - value of 3 <= high
  kRatio,       ///< "3/5 re 1 3": low <= value of 3 / value of 5 <= high
  kOffset,      ///< "3_2_1 x offset": differences stay as in the input
  kFixedRatio   ///< "3_2_1 re ratio": ratios stay as in the input
};

/// Which of the numbers that a parameter has with several bands.
enum class ConstraintScope {
  kPlain,        ///< no suffix: every band; of coupled components coefficient 0
  kAll,          ///< "n_all"
  kCoefficient,  ///< "n_1"
  kBand          ///< "n_r"
};

struct GalfitConstraint {
  std::size_t line = 0;
  std::vector<int> components;  ///< numbers of objects, from 1
  std::string parameter;        ///< lower case, without suffix: "re", "f1a", or a row's number
  ConstraintScope scope = ConstraintScope::kPlain;
  int coefficient = 0;   ///< of kCoefficient
  std::size_t band = 0;  ///< of kBand
  ConstraintForm form = ConstraintForm::kAbsolute;
  double low = 0.0;
  double high = 0.0;

  bool is_coupled() const { return form >= ConstraintForm::kDifference; }
};

struct GalfitConstraints {
  TextDocument text;
  std::vector<GalfitConstraint> constraints;
};

/// Where a parameter of an object stands.
struct ParameterPlace {
  std::string row;
  std::size_t index = 0;  ///< which of the row's numbers
};

/// Reads a constraint file for the objects and bands of `document`. Throws InputError with file, line, token
/// and what is allowed for components that there are not, parameters that they do not have, ranges that are
/// none, contradict themselves or are missing, and suffixes that name no band and no coefficient.
GalfitConstraints parse_constraints(TextDocument text, const GalfitDocument& document);

/// The place of a constraint's parameter in an object; empty where the object has no such parameter.
std::optional<ParameterPlace> find_parameter(const GalfitObject& object, const std::string& parameter);

}  // namespace gaxel::legacy
