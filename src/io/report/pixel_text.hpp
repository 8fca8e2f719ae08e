// Short labels in pictures that carry no text of their own.
#pragma once

#include <string_view>

#include "io/report/png.hpp"

namespace gaxel::io::report {

/// Height and advance of a character, for `scale` 1.
inline constexpr int kGlyphHeight = 9;
inline constexpr int kGlyphAdvance = 6;

/// Width of a text at that scale.
int text_width(std::string_view text, int scale);

/// Draws the text with its upper left corner at (row, col), each dot scale x scale pixels; what lies outside
/// the picture is left out. Letters are those of rules and numbers: a to z, digits, blank and - . : / | =;
/// anything else becomes a box.
void draw_text(Picture& picture, int row, int col, std::string_view text, int scale,
               Rgb color = {40, 40, 40});

}  // namespace gaxel::io::report
