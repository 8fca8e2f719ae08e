// What an object is in each band, as one component of all.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "legacy/galfit_document.hpp"
#include "legacy/object_mapper.hpp"

namespace gaxel::legacy {

/// Marks of all Chebyshev coefficients of a row's number, as many as bands: 1 for those that are free.
std::vector<int> coefficient_marks(const GalfitDocument& document, const GalfitValue& value);

/// The component that an object is in several bands: `in_bands` has it as it is in each. Numbers go by
/// GALFITM's rules (Haeussler et al. 2013, MNRAS 430, 330): values with the flag 0, 1 or the number of bands
/// are those of the full polynomial through them, those with another flag of the least squares, and what is
/// free in each band has a value for each. Series of surface brightness, which scenes have in counts, become
/// values of each band: a loss. What is assumed goes to the notes.
SceneObject join_bands(const GalfitDocument& document, const GalfitObject& source,
                       std::span<const MappedObject> in_bands, LegacyScene& scene);

}  // namespace gaxel::legacy
