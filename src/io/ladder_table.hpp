// A ladder of models as a table.
#pragma once

#include <string>

#include "gaxel/ladder.hpp"
#include "io/ecsv.hpp"

namespace gaxel::io {

/// Aligned columns for a terminal: model, free parameters, chi2, statistic of other likelihoods, AIC, BIC
/// less the least of each, why it stopped; and in a last line what BIC would choose. Ends with a newline.
std::string ladder_text(const Ladder& ladder);

/// ECSV with the columns model, n_free, n_pixels, chi2, statistic (FitSummary::statistic), penalty, aic, bic,
/// stopped; `meta` in its header.
std::string ladder_ecsv(const Ladder& ladder, const TableMeta& meta);

}  // namespace gaxel::io
