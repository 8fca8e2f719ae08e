// FITS images that scenes name, cut to the pixels of the task.
#pragma once

#include <string>
#include <string_view>

#include "io/fits_file.hpp"
#include "io/toml_table.hpp"

namespace gaxel::io {

/// The pixels of the task within the image of the file.
struct Region {
  Shape full;       ///< of the file's image
  Section section;  ///< what is fitted or rendered

  Shape shape() const { return section.shape(); }
};

/// The name under `key` (which must be there and text), its path resolved against the scene's folder.
FitsName scene_fits_name(const TomlTable& table, std::string_view key, const std::string& folder);

/// The name that a scene of that folder gives, its path made absolute. Throws InputError as parse_fits_name.
FitsName absolute_name(const std::string& text, const std::string& folder);

/// The pixels of the image under `key` that belong to `region`: cut out of an image as large as the task's
/// file, or all of an image (or section) as large as the region. Throws InputError with both sizes for any
/// other.
Image read_region(const TomlTable& table, std::string_view key, const std::string& folder,
                  const Region& region);

}  // namespace gaxel::io
