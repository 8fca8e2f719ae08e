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

/// The band of that label (without regard to case) or number from 1; the only one of a file with one. Throws
/// InputError for bands that there are not, and for several without a choice.
std::size_t find_band(const GalfitDocument& document, const std::optional<std::string>& band);

/// The scene of one band of a file. Names of files in it are relative to `target`, the folder that the
/// scene is meant for. Where an image is not there, that is an
/// error for a fit only.
///
/// The data's header gives EXPTIME (1 where it has none) and, where no sigma image is given, GAIN or ATODGAIN
/// and NCOMBINE for the noise, whose sky is estimated from the whole image. Throws InputError as
/// scene_objects and parse_constraints do; a G) file that cannot be read is an error.
LegacyScene galfit_scene(const GalfitDocument& document, std::size_t band, const std::string& target,
                         Purpose purpose);

/// A file as a scene, and what went where: for the way back of a result.
struct MappedGalfit {
  LegacyScene scene;
  GalfitFrame frame;
  int x_offset = 0;  ///< of the section that A) names: pixels of the scene minus those of the file
  int y_offset = 0;
  std::vector<MappedObject> objects;  ///< in the order of the scene's components
};

MappedGalfit map_galfit(const GalfitDocument& document, std::size_t band, const std::string& target,
                        Purpose purpose);

/// The constraints of G), if there are any.
std::optional<GalfitConstraints> read_constraints(const GalfitDocument& document);

}  // namespace gaxel::legacy
