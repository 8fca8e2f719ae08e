#include "io/report/image_panel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "io/report/axes.hpp"
#include "io/report/paint.hpp"
#include "io/report/pixel_plot.hpp"
#include "io/report/svg.hpp"

namespace gaxel::io::report {
namespace {

constexpr double kWidth = 400.0;
constexpr double kLeft = 46.0;
constexpr double kRight = 18.0;
constexpr double kTop = 26.0;
constexpr double kBarHeight = 12.0;
constexpr double kCross = 5.0;  // half the size of a point source's mark
constexpr double kMaxAspect = 1.3;

struct Mark {
  Point at;
  bool left_side = false;
  std::string label;
};

// Where the number of an outline goes: beside it, on the side where there is room.
Mark mark_of(const Outline& outline, const PixelPlot& plot) {
  const Point centre = plot.at(outline.x, outline.y);
  const double reach = std::max(outline.semi_major * plot.scale, kCross) + 5.0;
  const double text_width = 12.0 * static_cast<double>(outline.label.size());
  const bool left_side = centre.x + reach + text_width > plot.right();
  return {{left_side ? centre.x - reach : centre.x + reach, centre.y + 4.0}, left_side, outline.label};
}

// Numbers that would cover each other become one: "2, 3".
std::vector<Mark> marks(const ImagePanel& panel, const PixelPlot& plot) {
  std::vector<Mark> list;
  for (const Outline& outline : panel.outlines) {
    const Mark mark = mark_of(outline, plot);
    const auto covered = std::find_if(list.begin(), list.end(), [&](const Mark& other) {
      return other.left_side == mark.left_side && std::abs(other.at.x - mark.at.x) < 12.0 &&
             std::abs(other.at.y - mark.at.y) < 12.0;
    });
    if (covered == list.end()) {
      list.push_back(mark);
    } else {
      covered->label += ", " + mark.label;
    }
  }
  return list;
}

void draw_outlines(SvgCanvas& canvas, const PixelPlot& plot, const ImagePanel& panel) {
  canvas.begin_clip(panel.id + "-clip", plot.corner, plot.width(), plot.height());
  for (const Outline& outline : panel.outlines) {
    const Point centre = plot.at(outline.x, outline.y);
    const double a = outline.semi_major * plot.scale;
    if (!outline.curve.empty()) {
      std::vector<std::array<Point, 2>> pieces;
      for (const Segment& piece : outline.curve)
        pieces.push_back({plot.at(piece.x1, piece.y1), plot.at(piece.x2, piece.y2)});
      canvas.lines(pieces, "class=\"outline\"");
    } else if (a > 0.0) {
      canvas.ellipse(centre, a, outline.q * a, -outline.theta * 180.0 / std::numbers::pi,
                     "class=\"outline\"");
    } else {
      canvas.line({centre.x - kCross, centre.y}, {centre.x + kCross, centre.y}, "class=\"outline\"");
      canvas.line({centre.x, centre.y - kCross}, {centre.x, centre.y + kCross}, "class=\"outline\"");
    }
  }
  for (const Mark& mark : marks(panel, plot)) {
    canvas.text(mark.at, mark.label,
                mark.left_side ? "class=\"mark\" text-anchor=\"end\"" : "class=\"mark\"");
  }
  canvas.end_clip();
}

void draw_bar(SvgCanvas& canvas, const ImagePanel& panel, double top) {
  const double width = kWidth - kLeft - kRight;
  canvas.picture({kLeft, top}, width, kBarHeight, color_bar(*panel.map));
  canvas.rectangle({kLeft, top}, width, kBarHeight, kFrame);
  const double bottom = top + kBarHeight;
  for (const Tick& tick : panel.bar_ticks) {
    draw_tick_below(canvas, {kLeft + tick.value * width, bottom}, tick.label);
  }
  canvas.text({kLeft + 0.5 * width, bottom + 33.0}, panel.bar_title, "class=\"axis\" text-anchor=\"middle\"");
}

}  // namespace

std::string image_panel_svg(const ImagePanel& panel) {
  constexpr double kRoom = kWidth - kLeft - kRight;
  const PixelPlot plot(PixelWindow::of(panel.shape), {{kLeft, kTop}, kRoom, kMaxAspect * kRoom});
  const double bar_top = plot.bottom() + 30.0;
  const double bottom = panel.map == nullptr ? plot.bottom() + 24.0 : bar_top + kBarHeight + 40.0;
  SvgCanvas canvas(kWidth, bottom, panel.title);
  canvas.text({kLeft + 0.5 * kRoom, 17.0}, panel.title, "class=\"title\" text-anchor=\"middle\"");
  canvas.picture(plot.corner, plot.width(), plot.height(), panel.picture);
  draw_outlines(canvas, plot, panel);
  draw_pixel_axes(canvas, plot, panel.placement);
  if (panel.map != nullptr) draw_bar(canvas, panel, bar_top);
  return canvas.str();
}

}  // namespace gaxel::io::report
