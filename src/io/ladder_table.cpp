#include "io/ladder_table.hpp"

#include <fmt/format.h>

namespace gaxel::io {

std::string ladder_text(const Ladder& ladder) {
  std::string text = fmt::format("{:<12} {:>4} {:>14} {:>11} {:>11}  {}\n", "model", "free", "chi2",
                                 "AIC - least", "BIC - least", "stopped");
  const double least_aic = ladder.steps[ladder.least_aic].result.aic;
  const double least_bic = ladder.steps[ladder.least_bic].result.bic;
  for (const auto& [rung, result] : ladder.steps) {
    text +=
        fmt::format("{:<12} {:>4} {:>14.8g} {:>11.5g} {:>11.5g}  {}\n", to_text(rung), result.scene.n_free(),
                    result.chi2, result.aic - least_aic, result.bic - least_bic, to_text(result.stop_reason));
  }
  return text + fmt::format("BIC would choose {}\n", to_text(ladder.steps[ladder.least_bic].rung));
}

std::string ladder_ecsv(const Ladder& ladder) {
  std::string text =
      "# %ECSV 1.0\n# ---\n# datatype:\n"
      "# - {name: model, datatype: string}\n"
      "# - {name: n_free, datatype: int64, description: free parameters}\n"
      "# - {name: n_pixels, datatype: int64, description: pixels used}\n"
      "# - {name: chi2, datatype: float64}\n"
      "# - {name: aic, datatype: float64, description: chi2 + 2 n_free}\n"
      "# - {name: bic, datatype: float64, description: chi2 + n_free ln(n_pixels)}\n"
      "# - {name: stopped, datatype: string, description: why the fit ended}\n"
      "# schema: astropy-2.0\nmodel n_free n_pixels chi2 aic bic stopped\n";
  for (const auto& [rung, result] : ladder.steps) {
    text += fmt::format("{} {} {} {} {} {} {}\n", to_text(rung), result.scene.n_free(), result.n_pixels,
                        result.chi2, result.aic, result.bic, to_text(result.stop_reason));
  }
  return text;
}

}  // namespace gaxel::io
