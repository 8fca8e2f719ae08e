// Images to pictures.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "gaxel/image.hpp"
#include "io/report/color_map.hpp"
#include "io/report/png.hpp"

namespace gaxel::io::report {

/// Larger images are shown as means of square blocks of pixels, so that a report stays small.
inline constexpr int kMaxPictureSide = 900;

/// The image as means of the square blocks of pixels that a picture shows, itself where it is small; NaN
/// where no pixel of a block is used and a number. An empty `used` is all.
Image shrink(ConstImageView image, std::span<const std::uint8_t> used);

/// The image with its row 0 at the bottom: colours of `map` at `scale(value)`. Pixels with used == 0 or NaN
/// become kMasked; an empty `used` shows all. Blocks of pixels average what is shown of them.
Picture paint(ConstImageView image, std::span<const std::uint8_t> used, const ColorMap& map,
              const std::function<double(double)>& scale);

/// The picture enlarged by a whole number, its pixels kept sharp.
Picture enlarge(const Picture& picture, int factor);

/// Pictures of equal height side by side with a white gap between them.
Picture side_by_side(std::span<const Picture> pictures, int gap);

/// A horizontal bar of the map's colours, 1 pixel high.
Picture color_bar(const ColorMap& map);

}  // namespace gaxel::io::report
