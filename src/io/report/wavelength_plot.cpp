#include "io/report/wavelength_plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "io/report/axes.hpp"
#include "io/report/scale.hpp"
#include "io/report/svg.hpp"

namespace gaxel::io::report {
namespace {

constexpr double kWidth = 400.0;
constexpr double kHeight = 240.0;
constexpr double kLeft = 66.0;
constexpr double kRight = 12.0;
constexpr double kTop = 26.0;
constexpr double kBottom = 44.0;

struct Range {
  double low = 0.0;
  double high = 1.0;

  /// From the least to the most, with a margin; never empty.
  static Range around(double least, double most, double margin) {
    if (!(least <= most)) return {};
    const double width = most > least ? most - least : std::max(0.02 * std::abs(most), 1e-12);
    return {least - margin * width, most + margin * width};
  }
};

double known(double error) {
  return std::isfinite(error) ? error : 0.0;
}

class Frame {
 public:
  explicit Frame(const WavelengthPlot& plot) : falls_(plot.unit == "mag") {
    const auto [first, last] = std::ranges::minmax(plot.points, {}, &WavelengthPoint::wavelength);
    x_ = Range::around(first.wavelength, last.wavelength, 0.05);
    double least = plot.points.front().value;
    double most = least;
    for (const auto* list : {&plot.points, &plot.curve}) {
      for (const WavelengthPoint& point : *list) {
        if (!std::isfinite(point.value)) continue;
        least = std::min(least, point.value - known(point.error));
        most = std::max(most, point.value + known(point.error));
      }
    }
    y_ = Range::around(least, most, 0.12);
  }

  double x(double wavelength) const {
    return kLeft + (kWidth - kLeft - kRight) * (wavelength - x_.low) / (x_.high - x_.low);
  }
  double y(double value) const {
    const double share = (value - y_.low) / (y_.high - y_.low);
    return kTop + (bottom() - kTop) * (falls_ ? share : 1.0 - share);
  }
  static double bottom() { return kHeight - kBottom; }
  const Range& wavelengths() const { return x_; }
  const Range& values() const { return y_; }

 private:
  bool falls_;
  Range x_;
  Range y_;
};

void draw_axes(SvgCanvas& canvas, const Frame& frame, const WavelengthPlot& plot) {
  for (const Tick& tick : linear_ticks(frame.wavelengths().low, frame.wavelengths().high, 6)) {
    const double x = frame.x(tick.value);
    canvas.line({x, kTop}, {x, Frame::bottom()}, kGridLine);
    draw_tick_below(canvas, {x, Frame::bottom()}, tick.label);
  }
  for (const Tick& tick : linear_ticks(frame.values().low, frame.values().high, 6)) {
    const double y = frame.y(tick.value);
    canvas.line({kLeft, y}, {kWidth - kRight, y}, kGridLine);
    draw_tick_left(canvas, {kLeft, y}, tick.label);
  }
  const double middle = 0.5 * (kLeft + kWidth - kRight);
  canvas.text({middle, 17.0}, plot.title, "class=\"title\" text-anchor=\"middle\"");
  canvas.text({middle, Frame::bottom() + 33.0}, "wavelength", "class=\"axis\" text-anchor=\"middle\"");
  if (!plot.unit.empty()) draw_upward_title(canvas, {12.0, 0.5 * (kTop + Frame::bottom())}, plot.unit);
}

void draw_curve(SvgCanvas& canvas, const Frame& frame, const WavelengthPlot& plot) {
  std::vector<Point> line;
  std::vector<Point> range;
  for (const WavelengthPoint& point : plot.curve) {
    line.push_back({frame.x(point.wavelength), frame.y(point.value)});
    range.push_back({frame.x(point.wavelength), frame.y(point.value + known(point.error))});
  }
  for (auto point = plot.curve.rbegin(); point != plot.curve.rend(); ++point)
    range.push_back({frame.x(point->wavelength), frame.y(point->value - known(point->error))});
  canvas.polygon(range, fmt::format("fill=\"{}\" fill-opacity=\"0.18\" stroke=\"none\"", plot.color));
  canvas.polyline(line, fmt::format("stroke=\"{}\" stroke-width=\"1.5\"", plot.color));
}

void draw_points(SvgCanvas& canvas, const Frame& frame, const WavelengthPlot& plot) {
  for (const WavelengthPoint& point : plot.points) {
    if (!std::isfinite(point.value)) continue;
    const double x = frame.x(point.wavelength);
    const double error = known(point.error);
    if (error > 0.0) {
      canvas.line({x, frame.y(point.value - error)}, {x, frame.y(point.value + error)},
                  fmt::format("stroke=\"{}\" stroke-width=\"1.5\"", plot.color));
    }
    canvas.circle({x, frame.y(point.value)}, 3.2, fmt::format("fill=\"{}\"", plot.color));
  }
}

}  // namespace

std::string wavelength_plot_svg(const WavelengthPlot& plot) {
  const Frame frame(plot);
  SvgCanvas canvas(kWidth, kHeight, plot.title);
  draw_axes(canvas, frame, plot);
  canvas.begin_clip(plot.id, {kLeft, kTop}, kWidth - kLeft - kRight, Frame::bottom() - kTop);
  if (!plot.curve.empty()) draw_curve(canvas, frame, plot);
  draw_points(canvas, frame, plot);
  canvas.end_clip();
  canvas.rectangle({kLeft, kTop}, kWidth - kLeft - kRight, Frame::bottom() - kTop, kFrame);
  return canvas.str();
}

}  // namespace gaxel::io::report
