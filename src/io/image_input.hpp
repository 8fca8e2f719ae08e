// [image] of a scene: the data, their region, and what the headers say.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/scene_image.hpp"

namespace gaxel::io {

struct ImageInput {
  std::string file;  ///< as written in the scene; empty when only a shape is given
  Region region;
  HeaderCards header;   ///< of the image; empty when only a shape is given
  HeaderCards primary;  ///< of the file's primary unit, when that is another one
  Image data;           ///< the region's pixels; empty when they were not asked for
};

/// `pixel_scale` of [image], arcsec, above 0.
std::optional<double> stated_pixel_scale(const TomlTable& image);

/// Reads [image]; its pixels only when `need_data`, where a shape alone is an error. Throws InputError for
/// unknown keys, files that cannot be read, regions outside the image and more than kMaxPixels pixels.
ImageInput read_image_input(const TomlTable& image, const std::string& folder, bool need_data,
                            std::vector<std::string>& notes);

}  // namespace gaxel::io
