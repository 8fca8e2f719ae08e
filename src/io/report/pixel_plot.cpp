#include "io/report/pixel_plot.hpp"

#include <algorithm>

#include "io/report/scale.hpp"

namespace gaxel::io::report {
namespace {

constexpr std::string_view kFrame = "fill=\"none\" stroke=\"#444\" stroke-width=\"1\"";
constexpr std::string_view kTickMark = "stroke=\"#444\" stroke-width=\"1\"";

}  // namespace

PixelPlot::PixelPlot(const PixelWindow& shown, const Rectangle& room)
    : window(shown), corner(room.corner), scale(std::min(room.width / shown.nx, room.height / shown.ny)) {
  corner.x += 0.5 * (room.width - width());
}

void draw_pixel_axes(SvgCanvas& canvas, const PixelPlot& plot, const Placement& placement) {
  const PixelWindow& w = plot.window;
  const int x_count = std::clamp(static_cast<int>(plot.width() / 50.0), 1, 6);
  const int y_count = std::clamp(static_cast<int>(plot.height() / 30.0), 1, 6);
  for (const Tick& tick :
       linear_ticks(placement.fits_x(w.x_min), placement.fits_x(w.x_min + w.nx), x_count)) {
    const double x = plot.at(placement.inner_x(tick.value), 0.0).x;
    canvas.line({x, plot.bottom()}, {x, plot.bottom() + 4.0}, kTickMark);
    canvas.text({x, plot.bottom() + 16.0}, tick.label, "class=\"tick\" text-anchor=\"middle\"");
  }
  for (const Tick& tick :
       linear_ticks(placement.fits_y(w.y_min), placement.fits_y(w.y_min + w.ny), y_count)) {
    const double y = plot.at(0.0, placement.inner_y(tick.value)).y;
    canvas.line({plot.corner.x - 4.0, y}, {plot.corner.x, y}, kTickMark);
    canvas.text({plot.corner.x - 7.0, y + 4.0}, tick.label, "class=\"tick\" text-anchor=\"end\"");
  }
  canvas.rectangle(plot.corner, plot.width(), plot.height(), kFrame);
}

}  // namespace gaxel::io::report
