// GALFIT's files as scenes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "legacy/galfit_constraints.hpp"
#include "legacy/galfit_document.hpp"
#include "legacy/galfit_frame.hpp"
#include "legacy/object_mapper.hpp"
#include "legacy/scene_text.hpp"

namespace gaxel::legacy {

/// A band of a file, from 0; all of them where it is empty.
using BandChoice = std::optional<std::size_t>;

/// The band of that label (without regard to case) or number from 1; without one all, or the only one. Throws
/// InputError for bands that there are not.
BandChoice find_band(const GalfitDocument& document, const std::optional<std::string>& band);

/// What a band is called: its label, or "band1" and so on.
std::string band_label(const GalfitDocument& document, std::size_t band);

/// What went where in a band.
struct MappedBand {
  GalfitFrame frame;
  std::vector<MappedObject> objects;  ///< in the order of the scene's components
  int x_offset = 0;  ///< of the section that A) names: pixels of the image's file minus those of this one
  int y_offset = 0;
};

/// A file as a scene, and what went where: for the way back of a result.
struct MappedGalfit {
  LegacyScene scene;
  std::vector<MappedBand> bands;
};

/// The scene of one band of a file or of all of them. Names of files in it are relative to `target`, the
/// folder that the scene is meant for. Where an image is not there, that is an error for a fit only.
///
/// The data's header gives EXPTIME (1 where it has none) and, where no sigma image is given, GAIN or ATODGAIN
/// and NCOMBINE for the noise, whose sky is estimated from the whole image. Throws InputError as
/// scene_objects and parse_constraints do; a G) file that cannot be read is an error.
MappedGalfit map_galfit(const GalfitDocument& document, BandChoice band, const std::string& target,
                        Purpose purpose);

/// The constraints of G), if there are any.
std::optional<GalfitConstraints> read_constraints(const GalfitDocument& document);

}  // namespace gaxel::legacy
