// GALFITM's output block: images and tables of several bands.
#pragma once

#include <string>
#include <vector>

#include "io/fits_file.hpp"
#include "io/partial_file.hpp"
#include "legacy/final_series.hpp"
#include "legacy/galfit_text.hpp"

namespace gaxel::legacy {

/// The block at `path`: the images that W) asks for, by default a blank one, INPUT_u, MODEL_u and RESIDUAL_u
/// of each band, all bands of a kind together; and the tables FIT_INFO, BAND_INFO, FINAL_BAND and FINAL_CHEB.
/// The parameters are also in the headers of the models, as coefficients ("1_MAG_0") and in the bands
/// ("1_MAG_U"). On the disk when it returns, to be committed. Throws OutputError.
[[nodiscard]] io::PartialFile write_galfitm_block(const std::string& path, const GalfitReport& report,
                                                  const std::vector<FinalSeriesObject>& objects);

}  // namespace gaxel::legacy
