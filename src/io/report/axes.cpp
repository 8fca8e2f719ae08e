#include "io/report/axes.hpp"

#include <fmt/format.h>

namespace gaxel::io::report {

void draw_tick_below(SvgCanvas& canvas, Point at, std::string_view label) {
  canvas.line(at, {at.x, at.y + 4.0}, kTickMark);
  canvas.text({at.x, at.y + 16.0}, label, "class=\"tick\" text-anchor=\"middle\"");
}

void draw_tick_left(SvgCanvas& canvas, Point at, std::string_view label) {
  canvas.line({at.x - 4.0, at.y}, at, kTickMark);
  canvas.text({at.x - 7.0, at.y + 4.0}, label, "class=\"tick\" text-anchor=\"end\"");
}

void draw_upward_title(SvgCanvas& canvas, Point middle, std::string_view title) {
  canvas.text({0.0, 0.0}, title,
              fmt::format("class=\"axis\" text-anchor=\"middle\" transform=\"translate({} {}) rotate(-90)\"",
                          middle.x, middle.y));
}

}  // namespace gaxel::io::report
