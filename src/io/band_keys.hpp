// The keys of a [[band]] of a scene file.
#pragma once

#include "io/task.hpp"
#include "io/toml_table.hpp"

namespace gaxel::io {

/// Reads name, wavelength and shift into `own`, and adds the name to those of the bands before. Throws
/// InputError for unknown keys, for a name or a wavelength that is missing, for a name that another band has,
/// and for a first band that is shifted.
void read_band_keys(const TomlTable& table, std::vector<std::string>& names, TaskImage& own);

}  // namespace gaxel::io
