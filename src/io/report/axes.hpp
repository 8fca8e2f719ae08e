// What the axes of all drawings have in common.
#pragma once

#include <string_view>

#include "io/report/svg.hpp"

namespace gaxel::io::report {

inline constexpr std::string_view kFrame = "fill=\"none\" stroke=\"#444\" stroke-width=\"1\"";
inline constexpr std::string_view kTickMark = "stroke=\"#444\" stroke-width=\"1\"";
inline constexpr std::string_view kGridLine = "stroke=\"#e3e6e8\" stroke-width=\"1\"";

/// A tick of the axis that `at` lies on, outside the frame, and its label.
void draw_tick_below(SvgCanvas& canvas, Point at, std::string_view label);
void draw_tick_left(SvgCanvas& canvas, Point at, std::string_view label);

/// An axis' title, written upwards.
void draw_upward_title(SvgCanvas& canvas, Point middle, std::string_view title);

}  // namespace gaxel::io::report
