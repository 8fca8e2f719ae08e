// Results of a fit of several bands in GALFITM's numbers.
#pragma once

#include <string>
#include <vector>

#include "legacy/galfit_result.hpp"

namespace gaxel::legacy {

/// A number of an object over the bands.
struct FinalSeries {
  std::vector<FinalNumber> in_bands;
  /// Chebyshev coefficients, as many as bands: the polynomial goes through the values in the bands.
  std::vector<FinalNumber> coefficients;
};

/// Of an object of the file that went into the scene.
struct FinalSeriesObject {
  const GalfitObject* object = nullptr;
  std::vector<FinalSeries> numbers;
};

/// Every object. `in_bands`: final_objects() of each band; angles there may be half turns away from the
/// series, and are not in the result.
std::vector<FinalSeriesObject> final_series(const MappedGalfit& mapped, const io::Task& task,
                                            const FitResult& result,
                                            const std::vector<std::vector<FinalObject>>& in_bands);

}  // namespace gaxel::legacy
