// Input files with the final values of a fit in place of the initial ones.
#pragma once

#include <string>
#include <vector>

#include "legacy/final_series.hpp"
#include "legacy/galfit_text.hpp"

namespace gaxel::legacy {

/// The input file of one band with the final values, all digits, for the folder `target`; all else stays as
/// it was.
std::string restart_text(const GalfitReport& report, const std::string& target);

/// The same for several bands: rows hold the values in the bands ("band"), or Chebyshev coefficients
/// ("cheb"), with a flag for each coefficient.
std::string restart_text(const GalfitReport& report, const std::vector<FinalSeriesObject>& objects,
                         ListForm form, const std::string& target);

}  // namespace gaxel::legacy
