#include "io/ladder_table.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <vector>

namespace gaxel::io {

std::string ladder_text(const Ladder& ladder) {
  const Likelihood likelihood = ladder.steps.front().result.likelihood;
  const bool other = likelihood != Likelihood::kGaussian;
  const auto statistic = [other](const std::string& cell) {
    return other ? fmt::format(" {:>14}", cell) : std::string();
  };
  std::string text =
      fmt::format("{:<12} {:>4} {:>14}{} {:>11} {:>11}  {}\n", "model", "free", "chi2",
                  statistic(std::string(to_text(likelihood))), "AIC - least", "BIC - least", "stopped");
  const double least_aic = ladder.steps[ladder.least_aic].result.aic;
  const double least_bic = ladder.steps[ladder.least_bic].result.bic;
  for (const auto& [rung, result] : ladder.steps) {
    text +=
        fmt::format("{:<12} {:>4} {:>14.8g}{} {:>11.5g} {:>11.5g}  {}\n", to_text(rung),
                    result.scene.n_free(), result.chi2, statistic(fmt::format("{:.8g}", result.statistic)),
                    result.aic - least_aic, result.bic - least_bic, to_text(result.stop_reason));
  }
  return text + fmt::format("BIC would choose {}\n", to_text(ladder.steps[ladder.least_bic].rung));
}

std::string ladder_ecsv(const Ladder& ladder, const TableMeta& meta) {
  static const std::array kColumns = {
      EcsvColumn{"model", "string", "what stands in for the component"},
      EcsvColumn{"n_free", "int64", "free parameters"},
      EcsvColumn{"n_pixels", "int64", "pixels used"},
      EcsvColumn{"chi2", "float64", "sum of ((data - model) / sigma)^2"},
      EcsvColumn{"statistic", "float64", "what the likelihood makes least; penalty in it"},
      EcsvColumn{"penalty", "float64", "of priors and smoothness"},
      EcsvColumn{"aic", "float64", "statistic - penalty + 2 n_free"},
      EcsvColumn{"bic", "float64", "statistic - penalty + n_free ln(n_pixels)"},
      EcsvColumn{"stopped", "string", "why the fit ended"}};
  std::vector<EcsvRow> rows;
  for (const auto& [rung, result] : ladder.steps) {
    rows.push_back({std::string(to_text(rung)), std::int64_t{result.scene.n_free()},
                    std::int64_t{result.n_pixels}, result.chi2, result.statistic, result.penalty, result.aic,
                    result.bic, std::string(to_text(result.stop_reason))});
  }
  return ecsv_document(kColumns, rows, meta);
}

}  // namespace gaxel::io
