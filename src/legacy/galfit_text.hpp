// The texts that GALFIT writes about a fit.
#pragma once

#include <string>
#include <vector>

#include "io/fits_file.hpp"
#include "legacy/galfit_result.hpp"

namespace gaxel::legacy {

/// A fit of a GALFIT file; references are kept.
struct GalfitReport {
  const GalfitDocument& document;
  const MappedGalfit& mapped;
  const io::Task& task;
  const FitResult& result;
  std::vector<std::vector<FinalObject>> in_bands;  ///< the objects in each band
  std::string restart;                             ///< name of the restart file
  std::string version;                             ///< of gaxel
};

/// "[1:120,1:120]", FITS pixels of the first band's file.
std::string fitted_section(const io::Task& task);

/// Chi^2 / ndof; 0 where there are no degrees of freedom.
double chi2_nu(const FitResult& result);

/// Keyword of a number in an image block, without the number of the component: "XC".
std::string galfit_keyword(const GalfitObject& object, const std::string& row, std::size_t index);

/// The header of the model in an image block: "1_MAG = '18.2000 +/- 0.0100'", CHI2NU, FLAGS and so on.
std::vector<io::HeaderKey> block_keys(const GalfitReport& report);

/// One entry of fit.log.
std::string log_text(const GalfitReport& report, const std::string& block);

/// GALFIT's flags of a fit: "A-4 A-6", "1" for one that did not converge, "2" where the data do not tell a
/// parameter.
std::string flags_text(const GalfitReport& report);

}  // namespace gaxel::legacy
