// Lines of GALFIT's objects, for one band or joined over several.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "legacy/galfit_objects.hpp"
#include "legacy/scene_source.hpp"

namespace gaxel::legacy {

/// A number of a row in one band.
struct RowNumber {
  double value = 0.0;  ///< GALFIT's
  bool free = false;
  const SceneComponent* component = nullptr;
  const Parameter* parameter = nullptr;  ///< of the component, that the number stands for
  Conversion conversion = Conversion::kFactor;
  double factor = 1.0;
};

struct ObjectRow {
  std::string text;                     ///< the key with its parenthesis, or a line without numbers
  std::vector<RowNumber> numbers = {};  ///< none for such a line
  std::string comment = {};
};

/// The lines as GALFIT has them: numbers, flags of 0 and 1.
std::string rows_text(std::span<const ObjectRow> rows);

/// The lines as GALFITM has them: lists of values in the bands, or of Chebyshev coefficients, and flags that
/// count or mark the free coefficients. `in_bands`: the same rows in each band of `sources`. What series
/// cannot say is added to `losses`.
std::string rows_text(std::span<const std::vector<ObjectRow>> in_bands, std::span<const SceneSource> sources,
                      std::vector<std::string>& losses);

}  // namespace gaxel::legacy
