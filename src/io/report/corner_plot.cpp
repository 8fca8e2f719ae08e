#include "io/report/corner_plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "io/parameter_table.hpp"
#include "io/report/axes.hpp"
#include "io/report/color_map.hpp"
#include "io/report/scale.hpp"
#include "io/report/svg.hpp"

namespace gaxel::io::report {
namespace {

constexpr double kCell = 112.0;
constexpr double kGap = 6.0;
constexpr double kLeft = 86.0;
constexpr double kTop = 24.0;
constexpr double kBottom = 52.0;
constexpr double kReach = 3.3;  // sigmas to either side
constexpr int kMostBins = 28;   // of samples along an axis
constexpr std::string_view kContour = "stroke=\"#2b6cb0\" stroke-width=\"1.5\"";
constexpr std::string_view kCurve = "stroke=\"#1b1e23\" stroke-width=\"1.3\"";

/// The corner of a cell.
Point corner(std::size_t row, std::size_t col) {
  return {kLeft + static_cast<double>(col) * (kCell + kGap),
          kTop + static_cast<double>(row) * (kCell + kGap)};
}

/// Place of a value along a cell, from 0 to kCell.
double along(const CornerAxis& axis, double value) {
  return 0.5 * kCell * (1.0 + (value - axis.value) / (kReach * axis.error));
}

/// Bins along an axis: fewer for few samples.
std::size_t n_bins(const CornerAxis& axis) {
  return static_cast<std::size_t>(
      std::clamp(2.0 * std::cbrt(static_cast<double>(axis.samples.size())), 8.0, double(kMostBins)));
}

/// The bin of a value, or none.
std::optional<std::size_t> bin(const CornerAxis& axis, double value) {
  const auto n = static_cast<double>(n_bins(axis));
  const double place = std::floor(along(axis, value) / kCell * n);
  if (!(place >= 0.0 && place < n)) return std::nullopt;
  return static_cast<std::size_t>(place);
}

void draw_density(SvgCanvas& canvas, Point at, const CornerAxis& x, const CornerAxis& y) {
  const std::size_t n = n_bins(x);
  std::vector<int> counts(n * n, 0);
  for (std::size_t k = 0; k < x.samples.size(); ++k) {
    const auto col = bin(x, x.samples[k]);
    const auto row = bin(y, y.samples[k]);
    if (col && row) ++counts[(n - 1 - *row) * n + *col];
  }
  const double most = std::max(1, *std::ranges::max_element(counts));
  const auto side = static_cast<int>(n);
  Picture picture(side, side);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const auto grey = static_cast<std::uint8_t>(std::lround(255.0 - 165.0 * counts[i] / most));
    picture.at(static_cast<int>(i / n), static_cast<int>(i % n)) = {grey, grey, grey};
  }
  canvas.picture(at, kCell, kCell, picture);
}

void draw_contours(SvgCanvas& canvas, Point at, double correlation) {
  constexpr int kPoints = 72;
  const double rest = std::sqrt(std::max(0.0, 1.0 - correlation * correlation));
  const double sigma = 0.5 * kCell / kReach;
  for (const double radius : {1.0, 2.0}) {
    std::vector<Point> points;
    for (int i = 0; i <= kPoints; ++i) {
      const double t = 2.0 * std::numbers::pi * i / kPoints;
      points.push_back(
          {at.x + 0.5 * kCell + radius * sigma * std::cos(t),
           at.y + 0.5 * kCell - radius * sigma * (correlation * std::cos(t) + rest * std::sin(t))});
    }
    canvas.polyline(points, kContour);
  }
}

void draw_distribution(SvgCanvas& canvas, Point at, const CornerAxis& axis) {
  std::vector<Point> points;
  const auto add = [&](double share, double height) {
    points.push_back({at.x + share * kCell, at.y + kCell - 0.85 * kCell * height});
  };
  if (axis.samples.empty()) {
    for (int i = 0; i <= 2 * kMostBins; ++i) {
      const double share = i / (2.0 * kMostBins);
      const double sigmas = kReach * (2.0 * share - 1.0);
      add(share, std::exp(-0.5 * sigmas * sigmas));
    }
  } else {
    std::vector<int> counts(n_bins(axis), 0);
    for (const double value : axis.samples) {
      if (const auto place = bin(axis, value)) ++counts[*place];
    }
    const double most = std::max(1, *std::ranges::max_element(counts));
    for (std::size_t i = 0; i < counts.size(); ++i) {
      for (const std::size_t end : {i, i + 1})
        add(static_cast<double>(end) / static_cast<double>(counts.size()), counts[i] / most);
    }
  }
  canvas.polyline(points, kCurve);
}

std::vector<Tick> ticks(const CornerAxis& axis) {
  const double reach = 0.8 * kReach * axis.error;
  return linear_ticks(axis.value - reach, axis.value + reach, 3);
}

void draw_axis_of_column(SvgCanvas& canvas, std::size_t n, std::size_t col, const CornerAxis& axis) {
  const Point at = corner(n - 1, col);
  const double bottom = at.y + kCell;
  for (const Tick& tick : ticks(axis)) {
    const double x = at.x + along(axis, tick.value);
    canvas.line({x, bottom}, {x, bottom + 4.0}, kTickMark);
    canvas.text(
        {0.0, 0.0}, tick.label,
        fmt::format("class=\"tick\" text-anchor=\"end\" transform=\"translate({:.2f} {:.2f}) rotate(-40)\"",
                    x + 5.0, bottom + 13.0));
  }
}

void draw_axis_of_row(SvgCanvas& canvas, std::size_t row, const CornerAxis& axis) {
  const Point at = corner(row, 0);
  for (const Tick& tick : ticks(axis)) {
    const double y = at.y + kCell - along(axis, tick.value);
    draw_tick_left(canvas, {at.x, y}, tick.label);
  }
}

void draw_title(SvgCanvas& canvas, Point at, const CornerAxis& axis) {
  const ValueText text = value_with_error(axis.value, axis.error);
  canvas.text({at.x, at.y - 7.0}, fmt::format("{}  {} ± {}", axis.label, text.value, text.error),
              "class=\"axis\"");
}

}  // namespace

std::string corner_plot_svg(const CornerPlot& plot) {
  const std::size_t n = plot.axes.size();
  const double width = static_cast<double>(n) * (kCell + kGap);
  // The title of the last distribution reaches beyond it.
  SvgCanvas canvas(kLeft + width + kCell, kTop + width + kBottom, "Correlation of the parameters");
  for (std::size_t row = 0; row < n; ++row) {
    for (std::size_t col = 0; col <= row; ++col) {
      const Point at = corner(row, col);
      canvas.begin_clip(fmt::format("corner-{}-{}", row + 1, col + 1), at, kCell, kCell);
      if (row == col) {
        draw_distribution(canvas, at, plot.axes[row]);
      } else {
        if (!plot.axes[row].samples.empty()) draw_density(canvas, at, plot.axes[col], plot.axes[row]);
        draw_contours(canvas, at, plot.correlation[row * n + col]);
      }
      canvas.end_clip();
      canvas.rectangle(at, kCell, kCell, kFrame);
    }
    draw_title(canvas, corner(row, row), plot.axes[row]);
    draw_axis_of_column(canvas, n, row, plot.axes[row]);
    if (row > 0) draw_axis_of_row(canvas, row, plot.axes[row]);
  }
  return canvas.str();
}

}  // namespace gaxel::io::report
