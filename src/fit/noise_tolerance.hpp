// How exact the pixels of a fit need to be: a small part of their noise.
#pragma once

#include "gaxel/fit.hpp"

namespace gaxel {

/// Tolerances of a fit's renders. With either, the error of every used pixel stays below
/// FitOptions::noise_share of its sigma as long as the model resembles the data: its pixels, and its total
/// flux that of the used ones.
struct FitTolerances {
  Tolerance search;  ///< on the way to the minimum: as coarse as the noise allows
  Tolerance final;   ///< of the last steps and of what is reported: FitOptions::tolerance, or finer
};

/// `observation` as fit() takes it, already checked.
FitTolerances fit_tolerances(const Observation& observation, const FitOptions& options);

}  // namespace gaxel
