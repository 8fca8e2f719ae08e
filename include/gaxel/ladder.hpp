// A ladder of models for one galaxy: which of them do the data ask for?
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "gaxel/fit.hpp"

namespace gaxel {

/// From few parameters to many.
enum class Rung { kPoint, kExponential, kSersic, kBulgeDisc };
inline constexpr std::array kRungs{Rung::kPoint, Rung::kExponential, Rung::kSersic, Rung::kBulgeDisc};

/// "point", "exponential", "sersic" or "bulge_disc".
std::string_view to_text(Rung rung);

struct LadderStep {
  Rung rung = Rung::kPoint;
  FitResult result;
};

struct Ladder {
  std::vector<LadderStep> steps;  ///< of all rungs, in their order
  std::size_t least_bic = 0;  ///< which of them has the least FitSummary::bic: that which BIC would choose
  std::size_t least_aic = 0;  ///< and aic
};

/// Fits four models in the place of one component of a scene, all else of which stays: a point source, an
/// exponential, a Sersic profile, and a Sersic bulge with an exponential disc, which is added at the end, its
/// centre tied to the bulge's. Each begins where the one before it ended, with what the component says of
/// parameters that this one had not (values, bounds, dependence on the band), and else a size by the image's
/// moments. A fit that was cancelled is the last. Throws InputError for a component that is not there, is no
/// source of light, has no free flux, is cut by truncations or followed by others, and what fit throws.
Ladder fit_ladder(std::span<const Band> bands, const Scene& scene, std::size_t component,
                  const FitOptions& options = {}, const ProgressCallback& progress = {});

}  // namespace gaxel
