// Which light of a scene is not a number.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "fit/parameter_map.hpp"
#include "gaxel/fit.hpp"
#include "gaxel/psf.hpp"

namespace gaxel {

/// What to say of a scene whose model at the map's values is not finite: the component whose light that is,
/// or the parameter to which its derivative is, and where. `psfs`: of each band, as the map's components
/// number them.
std::string not_finite_text(const ParameterMap& map, std::span<const Band> bands,
                            std::span<const std::vector<Psf>> psfs);

}  // namespace gaxel
