// Where the pixels of one band lie among those of another.
#pragma once

#include "io/task.hpp"

namespace gaxel::io {

/// From the region of `first` to that of `other`, by the coordinates on the sky in their headers. Where
/// neither has any: by the pixels of their files, which are then the same. Throws InputError when only one
/// has coordinates, and when the map is no linear one to a twentieth of a pixel.
PixelMap pixel_map(const TaskImage& first, const TaskImage& other);

}  // namespace gaxel::io
