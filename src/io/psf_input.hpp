// [psf] of a scene.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gaxel/psf.hpp"
#include "gaxel/varying_psf.hpp"
#include "io/scene_image.hpp"

namespace gaxel::io {

/// The tables that make up one PSF: several of one name are added.
struct PsfTables {
  std::string name;
  std::vector<TomlTable> tables;
};

/// What [psf], or every [[psf]], is called, in order; without a name "psf". Nothing is read. Throws
/// InputError for what are no tables.
std::vector<PsfTables> psf_tables(const TomlTable& root);

/// What PSFs must fit to.
struct PsfFrame {
  Shape region;
  const HeaderCards* header;  ///< of the data's image; null when there is none
};

/// The PSF that changes over the image, if it is one: a grid of images or a model of PSFEx, which is
/// recognised by what is in the file. `placement`: of the region in the image. Throws InputError as read_psf,
/// and when there are others beside it.
std::optional<VaryingPsf> read_varying_psf(const std::vector<PsfTables>& psfs, const std::string& folder,
                                           const Placement& placement);

/// Reads one PSF. What is suspicious about it, also that it is larger than the region, goes to `warnings`.
/// Throws InputError for unknown keys, values out of range, files that cannot be read, images that are no
/// PSF, and an oversampling that the pixel scales of both headers contradict.
Psf read_psf(const PsfTables& psf, const std::string& folder, const PsfFrame& frame,
             std::vector<std::string>& warnings);

}  // namespace gaxel::io
