#include "io/report/pixel_plot.hpp"

#include <algorithm>

#include "io/report/axes.hpp"
#include "io/report/scale.hpp"

namespace gaxel::io::report {

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
    draw_tick_below(canvas, {x, plot.bottom()}, tick.label);
  }
  for (const Tick& tick :
       linear_ticks(placement.fits_y(w.y_min), placement.fits_y(w.y_min + w.ny), y_count)) {
    const double y = plot.at(0.0, placement.inner_y(tick.value)).y;
    draw_tick_left(canvas, {plot.corner.x, y}, tick.label);
  }
  canvas.rectangle(plot.corner, plot.width(), plot.height(), kFrame);
}

}  // namespace gaxel::io::report
