// The keys of a [[band]] of a scene file.
#pragma once

#include "io/task.hpp"
#include "io/toml_table.hpp"

namespace gaxel::io {

/// Reads name, wavelength and shift into `own`. Throws InputError for unknown keys, for a name or a
/// wavelength that is missing, and for a first band that is shifted.
void read_band_keys(const TomlTable& table, bool is_first, TaskImage& own);

}  // namespace gaxel::io
