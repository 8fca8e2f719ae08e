#include "io/report/profile_plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "io/report/axes.hpp"
#include "io/report/scale.hpp"
#include "io/report/svg.hpp"

namespace gaxel::io::report {
namespace {

constexpr double kWidth = 400.0;
constexpr double kLeft = 60.0;
constexpr double kTop = 26.0;
constexpr double kMainHeight = 250.0;
constexpr double kGap = 10.0;
constexpr double kLowerHeight = 80.0;
constexpr double kLegendRow = 17.0;
constexpr std::string_view kDataMark = "fill=\"#1b1e23\"";
constexpr std::string_view kErrorBar = "stroke=\"#1b1e23\" stroke-width=\"1\"";
constexpr std::string_view kModelLine = "stroke=\"#d22f27\" stroke-width=\"2\"";

// Ranges of the axes and where values fall on the canvas.
class Frame {
 public:
  explicit Frame(const ProfilePlot& plot) : right_(plot.magnitude ? 46.0 : 10.0) {
    double top = 0.0;
    double faintest = 0.0;
    for (const Annulus& annulus : plot.annuli) {
      radius_ = std::max(radius_, 1.03 * annulus.radius);
      top = std::max({top, annulus.data + annulus.error, annulus.models.front()});
      if (annulus.count > 0) deviation_ = std::max(deviation_, std::abs(deviation(annulus)));
      const double level = std::max(annulus.models.front(), annulus.error);
      if (level > 0.0 && (faintest == 0.0 || level < faintest)) faintest = level;
    }
    if (!(top > 0.0)) top = 1.0;
    if (!(faintest > 0.0)) faintest = 1e-3 * top;
    high_ = 1.6 * top;
    low_ = std::clamp(0.5 * faintest, 1e-7 * high_, 0.2 * high_);
    deviation_ = 1.1 * std::clamp(deviation_, 3.0, 1e6);
  }

  static double deviation(const Annulus& annulus) {
    return annulus.error > 0.0 ? (annulus.data - annulus.models.front()) / annulus.error : 0.0;
  }

  double low() const { return low_; }
  double high() const { return high_; }
  double limit() const { return deviation_; }
  double max_radius() const { return radius_; }
  double right() const { return kWidth - right_; }
  double width() const { return right() - kLeft; }
  double lower_top() const { return kTop + kMainHeight + kGap; }
  double bottom() const { return lower_top() + kLowerHeight; }

  double x(double radius) const { return kLeft + width() * std::sqrt(radius / radius_); }
  double y(double light) const {
    return kTop + kMainHeight * std::log(high_ / std::max(light, 1e-3 * low_)) / std::log(high_ / low_);
  }
  double lower_y(double deviation) const {
    return lower_top() + 0.5 * kLowerHeight * (1.0 - deviation / deviation_);
  }

 private:
  double right_;
  double radius_ = 1.0;
  double low_ = 0.0;
  double high_ = 1.0;
  double deviation_ = 0.0;
};

// Radii whose square roots are well apart.
std::vector<Tick> radius_ticks(const Frame& frame) {
  std::vector<Tick> ticks = {{0.0, "0"}};
  for (int exponent = 0; std::pow(10.0, exponent) <= frame.max_radius(); ++exponent) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double radius = factor * std::pow(10.0, exponent);
      if (radius > frame.max_radius() || frame.x(radius) - frame.x(ticks.back().value) < 26.0) continue;
      ticks.push_back({radius, tick_label(radius)});
    }
  }
  return ticks;
}

void draw_axes(SvgCanvas& canvas, const Frame& frame, const ProfilePlot& plot) {
  for (const Tick& tick : radius_ticks(frame)) {
    const double x = frame.x(tick.value);
    canvas.line({x, kTop}, {x, kTop + kMainHeight}, kGridLine);
    canvas.line({x, frame.lower_top()}, {x, frame.bottom()}, kGridLine);
    draw_tick_below(canvas, {x, frame.bottom()}, tick.label);
  }
  for (const Tick& tick : log_ticks(frame.low(), frame.high())) {
    const double y = frame.y(tick.value);
    canvas.line({kLeft, y}, {frame.right(), y}, kGridLine);
    draw_tick_left(canvas, {kLeft, y}, tick.label);
  }
  for (const Tick& tick : linear_ticks(-frame.limit(), frame.limit(), 5)) {
    const double y = frame.lower_y(tick.value);
    canvas.line({kLeft, y}, {frame.right(), y}, tick.value == 0.0 ? kTickMark : kGridLine);
    draw_tick_left(canvas, {kLeft, y}, tick.label);
  }
  if (plot.magnitude) {
    const double faint = plot.magnitude(frame.low());
    const double bright = plot.magnitude(frame.high());
    for (const Tick& tick : linear_ticks(bright, faint, 7)) {
      const double y = kTop + kMainHeight * (tick.value - bright) / (faint - bright);
      canvas.line({frame.right(), y}, {frame.right() + 4.0, y}, kTickMark);
      canvas.text({frame.right() + 7.0, y + 4.0}, tick.label, "class=\"tick\"");
    }
  }
}

void draw_titles(SvgCanvas& canvas, const Frame& frame, const ProfilePlot& plot) {
  canvas.text({kLeft + 0.5 * frame.width(), 17.0}, plot.title, "class=\"title\" text-anchor=\"middle\"");
  canvas.text({kLeft + 0.5 * frame.width(), frame.bottom() + 33.0}, "radius along the major axis / pixel",
              "class=\"axis\" text-anchor=\"middle\"");
  draw_upward_title(canvas, {12.0, kTop + 0.5 * kMainHeight}, "counts / pixel above the sky");
  draw_upward_title(canvas, {12.0, frame.lower_top() + 0.5 * kLowerHeight}, "Δ / σ");
  if (plot.magnitude)
    draw_upward_title(canvas, {kWidth - 6.0, kTop + 0.5 * kMainHeight}, plot.magnitude_title);
}

void draw_curve(SvgCanvas& canvas, const Frame& frame, const ProfilePlot& plot, std::size_t model,
                std::string_view attributes) {
  std::vector<Point> points;
  for (const Annulus& annulus : plot.annuli)
    points.push_back({frame.x(annulus.radius), frame.y(annulus.models[model])});
  canvas.polyline(points, attributes);
}

std::string curve_style(const ProfileCurve& curve) {
  return fmt::format("stroke=\"{}\" stroke-width=\"1.5\" stroke-dasharray=\"5 3\"", curve.color);
}

void draw_light(SvgCanvas& canvas, const Frame& frame, const ProfilePlot& plot) {
  canvas.begin_clip(plot.id + "-light", {kLeft, kTop}, frame.width(), kMainHeight);
  for (std::size_t k = 0; k < plot.curves.size(); ++k) {
    draw_curve(canvas, frame, plot, k + 1, curve_style(plot.curves[k]));
  }
  draw_curve(canvas, frame, plot, 0, kModelLine);
  for (const Annulus& annulus : plot.annuli) {
    const double x = frame.x(annulus.radius);
    canvas.line({x, frame.y(annulus.data - annulus.error)}, {x, frame.y(annulus.data + annulus.error)},
                kErrorBar);
    if (annulus.data > frame.low()) canvas.circle({x, frame.y(annulus.data)}, 2.6, kDataMark);
  }
  canvas.end_clip();
}

void draw_deviations(SvgCanvas& canvas, const Frame& frame, const ProfilePlot& plot) {
  canvas.begin_clip(plot.id + "-deviation", {kLeft, frame.lower_top()}, frame.width(), kLowerHeight);
  for (const Annulus& annulus : plot.annuli) {
    if (!(annulus.error > 0.0)) continue;
    const double x = frame.x(annulus.radius);
    const double value = Frame::deviation(annulus);
    canvas.line({x, frame.lower_y(value - 1.0)}, {x, frame.lower_y(value + 1.0)}, kErrorBar);
    canvas.circle({x, frame.lower_y(value)}, 2.6, kDataMark);
  }
  canvas.end_clip();
}

void draw_legend(SvgCanvas& canvas, const Frame& frame, const ProfilePlot& plot) {
  double y = frame.bottom() + 52.0;
  double x = kLeft;
  const double column = frame.width() / 2.0;
  const auto next = [&](std::string_view name) {
    canvas.text({x + 28.0, y + 4.0}, name, "class=\"tick\"");
    x += column;
    if (x > kLeft + 1.5 * column) {
      x = kLeft;
      y += kLegendRow;
    }
  };
  canvas.line({x + 11.0, y - 6.0}, {x + 11.0, y + 6.0}, kErrorBar);
  canvas.circle({x + 11.0, y}, 2.6, kDataMark);
  next("data ± 1 σ of mean");
  canvas.line({x, y}, {x + 22.0, y}, kModelLine);
  next("model");
  for (const ProfileCurve& curve : plot.curves) {
    canvas.line({x, y}, {x + 22.0, y}, curve_style(curve));
    next(curve.name);
  }
}

}  // namespace

std::string profile_plot_svg(const ProfilePlot& plot) {
  const Frame frame(plot);
  const double legend_rows = std::ceil((2.0 + static_cast<double>(plot.curves.size())) / 2.0);
  SvgCanvas canvas(kWidth, frame.bottom() + 46.0 + kLegendRow * legend_rows, plot.title);
  draw_axes(canvas, frame, plot);
  draw_light(canvas, frame, plot);
  draw_deviations(canvas, frame, plot);
  canvas.rectangle({kLeft, kTop}, frame.width(), kMainHeight, kFrame);
  canvas.rectangle({kLeft, frame.lower_top()}, frame.width(), kLowerHeight, kFrame);
  draw_titles(canvas, frame, plot);
  draw_legend(canvas, frame, plot);
  return canvas.str();
}

}  // namespace gaxel::io::report
