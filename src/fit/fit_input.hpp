// What a fit is given: checks, and its bands' frames.
#pragma once

#include <span>
#include <vector>

#include "gaxel/fit.hpp"

namespace gaxel {

/// Throws InputError for images without pixels, names used twice, shapes that disagree, used pixels without a
/// finite value and a positive error, no used pixel at all, no free parameter, or a likelihood that
/// needs_counts() of bands without; FitError for more of these than pixels. The source is "fit", and "fit:
/// NAME" where there are several bands.
void check_fit_input(std::span<const Band> bands, const Scene& scene, const LikelihoodOptions& likelihood);

std::vector<BandFrame> frames_of(std::span<const Band> bands);

}  // namespace gaxel
