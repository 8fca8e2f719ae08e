#include "io/cell_picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <numbers>
#include <string_view>
#include <utility>
#include <vector>

#include "io/convention.hpp"
#include "io/report/color_map.hpp"
#include "io/report/pixel_plot.hpp"
#include "io/report/svg.hpp"

namespace gaxel::io {
namespace {

using report::PixelPlot;
using report::PixelWindow;
using report::Rectangle;
using report::SvgCanvas;

// Lengths in CSS pixels.
constexpr double kWidth = 980.0;
constexpr double kSide = 410.0;  // of the room for a panel
constexpr double kLeft = 56.0;   // of the left panel
constexpr double kRight = 550.0;
constexpr double kTop = 104.0;
constexpr double kRow = 20.0;  // of the legend
constexpr double kCountColumn = 250.0;
constexpr double kPixelColumn = 322.0;
constexpr double kNodeColumn = kSide;

constexpr int kCorePixels = 12;  // a side of the right panel

constexpr std::string_view kStyle =
    "text { font: 12.5px system-ui, -apple-system, \"Segoe UI\", Roboto, \"Noto Sans\", \"DejaVu Sans\", "
    "sans-serif; fill: #1b1e23; }\n"
    ".title { font-size: 18px; font-weight: 600; }\n"
    ".panel { font-size: 14px; font-weight: 600; }\n"
    ".soft, .tick { fill: #5b6470; }\n"
    ".tick { paint-order: stroke; stroke: #fff; stroke-width: 3px; }\n"
    ".nodes { font-size: 9.5px; }\n";
constexpr std::string_view kUnder =
    "fill=\"none\" stroke=\"#000\" stroke-opacity=\"0.6\" stroke-width=\"2.6\"";
constexpr std::string_view kEllipse =
    "fill=\"none\" stroke=\"#fff\" stroke-width=\"1.3\" stroke-dasharray=\"5 3\"";
constexpr std::string_view kWindow = "fill=\"none\" stroke=\"#fff\" stroke-width=\"1.3\"";
constexpr std::string_view kImage =
    "fill=\"none\" stroke=\"#fff\" stroke-width=\"1.3\" stroke-dasharray=\"1 2\"";
constexpr std::string_view kPointer = "stroke=\"#7a828c\" stroke-width=\"0.8\"";

// Cells of a kind and size, the larger first.
struct Group {
  CellKind kind;
  int level;

  friend bool operator<(const Group& a, const Group& b) {
    return a.kind != b.kind ? a.kind < b.kind : a.level > b.level;
  }
};

struct GroupSum {
  std::vector<const Cell*> cells;
  std::int64_t n_nodes = 0;
  double n_pixels = 0.0;
};

using Groups = std::map<Group, GroupSum>;

double area(const Cell& cell) {
  return (cell.x_max - cell.x_min) * (cell.y_max - cell.y_min);
}

Groups groups_of(const CellMap& map) {
  Groups groups;
  for (const Cell& cell : map.cells) {
    GroupSum& sum = groups[{cell.kind, cell.level}];
    sum.cells.push_back(&cell);
    sum.n_nodes += cell.n_nodes();
    sum.n_pixels += area(cell) / (map.grid.step * map.grid.step);
  }
  return groups;
}

report::Rgb color_of(const Group& group) {
  constexpr report::Rgb kCusp = {64, 224, 208};  // a hue that the map has not
  if (group.kind == CellKind::kCusp) return kCusp;
  // From tiles of 64 pixels over pixels to thirty-seconds of them.
  constexpr double kFirst = 0.05;
  constexpr double kStep = 0.085;
  return report::ColorMap::sequential()(std::min(kFirst + kStep * (6 - group.level), 1.0));
}

bool is_dark(const Group& group) {
  return report::to_oklab(color_of(group)).lightness < 0.6;
}

std::string name_of(const Group& group) {
  switch (group.kind) {
    case CellKind::kTile:
      return fmt::format("tiles, longer side {} pixels", 1 << group.level);
    case CellKind::kPixel:
      return "pixels";
    case CellKind::kPart:
      return group.level < -6 ? fmt::format("parts, shorter side 1/2^{} pixel", -group.level)
                              : fmt::format("parts, shorter side 1/{} pixel", 1 << -group.level);
    case CellKind::kCusp:
      break;
  }
  return "pixels at the cusp";
}

PixelWindow whole(const Grid& grid) {
  return {grid.x0 - 0.5 * grid.step, grid.y0 - 0.5 * grid.step, grid.shape.nx * grid.step,
          grid.shape.ny * grid.step};
}

// The pixels of the grid about the component's centre, or those nearest to it.
PixelWindow core(const Grid& grid, double x, double y) {
  const auto first = [&grid](double centre, double origin, int n) {
    const double middle = std::round((centre - origin) / grid.step + 0.5);
    const double index = std::clamp(middle - kCorePixels / 2, 0.0, std::max(0.0, double(n - kCorePixels)));
    return origin + (index - 0.5) * grid.step;
  };
  return {first(x, grid.x0, grid.shape.nx), first(y, grid.y0, grid.shape.ny),
          std::min(kCorePixels, grid.shape.nx) * grid.step, std::min(kCorePixels, grid.shape.ny) * grid.step};
}

Rectangle on_plot(const PixelPlot& plot, double x_min, double x_max, double y_min, double y_max) {
  return {plot.at(x_min, y_max), (x_max - x_min) * plot.scale, (y_max - y_min) * plot.scale};
}

// The cells of a group that show in the window, cut off at its edges.
std::vector<Rectangle> shown(const PixelPlot& plot, const GroupSum& sum) {
  const PixelWindow& w = plot.window;
  std::vector<Rectangle> list;
  for (const Cell* cell : sum.cells) {
    const double x_min = std::max(cell->x_min, w.x_min);
    const double x_max = std::min(cell->x_max, w.x_min + w.nx);
    const double y_min = std::max(cell->y_min, w.y_min);
    const double y_max = std::min(cell->y_max, w.y_min + w.ny);
    if (x_min < x_max && y_min < y_max) list.push_back(on_plot(plot, x_min, x_max, y_min, y_max));
  }
  return list;
}

// Lines that a cell's size leaves room for.
std::string style_of(const Group& group, const std::vector<Rectangle>& list) {
  double side = kSide;
  for (const Rectangle& r : list) side = std::min({side, r.width, r.height});
  return fmt::format("fill=\"{}\" stroke=\"{}\" stroke-opacity=\"0.55\" stroke-width=\"{:.2f}\"",
                     report::css_color(color_of(group)), is_dark(group) ? "#fff" : "#1b1e23",
                     std::clamp(0.1 * side, 0.1, 0.8));
}

void draw_ellipse(SvgCanvas& canvas, const PixelPlot& plot, const SceneComponent& component) {
  const auto value = [&](Role role) { return component.parameter(role).value; };
  const report::Point centre = plot.at(value(Role::kX), value(Role::kY));
  const double a = value(Role::kRe) * plot.scale;
  const double angle_deg = -value(Role::kTheta) * 180.0 / std::numbers::pi;
  for (const std::string_view style : {kUnder, kEllipse}) {
    canvas.ellipse(centre, a, value(Role::kQ) * a, angle_deg, style);
  }
}

void draw_cells(SvgCanvas& canvas, const PixelPlot& plot, const Groups& groups) {
  for (const auto& [group, sum] : groups) {
    const std::vector<Rectangle> list = shown(plot, sum);
    if (!list.empty()) canvas.rectangles(list, style_of(group, list));
  }
}

// The nodes of the cells that have room for the text.
void write_nodes(SvgCanvas& canvas, const PixelPlot& plot, const Groups& groups) {
  constexpr double kTextWidth = 29.0;
  constexpr double kTextHeight = 12.0;
  for (const auto& [group, sum] : groups) {
    const std::string attributes =
        fmt::format("class=\"nodes\" text-anchor=\"middle\"{}", is_dark(group) ? " style=\"fill:#fff\"" : "");
    for (const Cell* cell : sum.cells) {
      const Rectangle r = on_plot(plot, cell->x_min, cell->x_max, cell->y_min, cell->y_max);
      const report::Point middle{r.corner.x + 0.5 * r.width, r.corner.y + 0.5 * r.height};
      const bool inside = middle.x - 0.5 * kTextWidth > plot.corner.x &&
                          middle.x + 0.5 * kTextWidth < plot.right() && middle.y - 6.0 > plot.corner.y &&
                          middle.y + 6.0 < plot.bottom();
      if (!inside || r.width < kTextWidth || r.height < kTextHeight) continue;
      canvas.text({middle.x, middle.y + 3.5},
                  cell->kind == CellKind::kCusp ? "cusp" : fmt::format("{}×{}", cell->nodes_x, cell->nodes_y),
                  attributes);
    }
  }
}

// What a PSF widens the grid by surrounds the image.
bool is_widened(const Task& task, const CellMap& map) {
  return map.grid != Grid{task.shape};
}

void draw_image_edge(SvgCanvas& canvas, const PixelPlot& plot, Shape shape) {
  const PixelWindow w = PixelWindow::of(shape);
  const Rectangle edge = on_plot(plot, w.x_min, w.x_min + w.nx, w.y_min, w.y_min + w.ny);
  for (const std::string_view style : {kUnder, kImage}) {
    canvas.rectangle(edge.corner, edge.width, edge.height, style);
  }
}

// Where the right panel lies in the left one.
void mark_core(SvgCanvas& canvas, const PixelPlot& all, const PixelPlot& zoom) {
  const PixelWindow& w = zoom.window;
  const Rectangle r = on_plot(all, w.x_min, w.x_min + w.nx, w.y_min, w.y_min + w.ny);
  const double right = r.corner.x + r.width;
  canvas.line({right, r.corner.y}, zoom.corner, kPointer);
  canvas.line({right, r.corner.y + r.height}, {zoom.corner.x, zoom.bottom()}, kPointer);
  for (const std::string_view style : {kUnder, kWindow}) {
    canvas.rectangle(r.corner, r.width, r.height, style);
  }
}

void draw_titles(SvgCanvas& canvas, const Task& task, const SceneComponent& component, const CellMap& map) {
  std::string light;
  const FileFrame frame{task.placement, task.photometry};
  for (std::size_t p = 0; p < component.parameters.size(); ++p) {
    const ParameterSpec& spec = component.kind->parameters[p];
    const bool as_magnitude = component.flux_is_magnitude;
    const std::string_view unit = file_unit(spec, as_magnitude);
    light += fmt::format("{}{} {:.6g}{}{}", light.empty() ? "" : ",  ", file_key(spec, as_magnitude),
                         to_file(spec.role, as_magnitude, component.parameters[p].value, frame),
                         unit.empty() ? "" : " ", unit);
  }
  std::int64_t n_nodes = 0;
  for (const Cell& cell : map.cells) n_nodes += cell.n_nodes();
  const Tolerance& tolerance = task.options.tolerance;
  const std::string floor =
      tolerance.floor > 0.0 ? fmt::format(", floor {:.3g} counts", tolerance.floor) : "";
  const Shape shape = map.grid.shape;
  const double step = map.grid.step;
  const std::string size = step == 1.0 ? "" : fmt::format(" of 1/{:g} pixel of the data", 1.0 / step);
  canvas.text({kLeft, 30.0}, fmt::format("Cells of \"{}\", {}", component.name, component.kind->title),
              "class=\"title\"");
  canvas.text({kLeft, 50.0}, light, "class=\"soft\"");
  canvas.text({kLeft, 67.0},
              fmt::format("rtol {:g}, atol {:g}{}:  {} × {} pixels{},  {} cells,  {:.3g} evaluations a pixel",
                          tolerance.rtol, tolerance.atol, floor, shape.nx, shape.ny, size, map.cells.size(),
                          static_cast<double>(n_nodes) / static_cast<double>(shape.size())),
              "class=\"soft\"");
}

std::string pixels_text(double n) {
  if (n == std::floor(n)) return fmt::format("{:.0f}", n);
  return n < 1.0 ? fmt::format("{:.3g}", n) : fmt::format("{:.2f}", n);
}

// One column of the legend.
class Legend {
 public:
  Legend(SvgCanvas& canvas, double left, double top) : canvas_(canvas), left_(left), y_(top) {
    write(24.0, "", "cells of one size", "soft");
    write(kCountColumn, kEnd, "cells", "soft");
    write(kPixelColumn, kEnd, "pixels", "soft");
    write(kNodeColumn, kEnd, "nodes", "soft");
    next();
  }

  void add(const Group& group, const GroupSum& sum) {
    canvas_.rectangle(
        {left_, y_ - 11.0}, 15.0, 13.0,
        fmt::format("fill=\"{}\" stroke=\"#1b1e23\" stroke-opacity=\"0.55\" stroke-width=\"0.8\"",
                    report::css_color(color_of(group))));
    write(24.0, "", name_of(group), "");
    write(kCountColumn, kEnd, fmt::format("{}", sum.cells.size()), "");
    write(kPixelColumn, kEnd, pixels_text(sum.n_pixels), "");
    write(kNodeColumn, kEnd, group.kind == CellKind::kCusp ? "closed form" : fmt::format("{}", sum.n_nodes),
          "");
    next();
  }

  void add_line(std::string_view style, std::string_view name) {
    for (const std::string_view s : {kUnder, style})
      canvas_.line({left_, y_ - 4.0}, {left_ + 16.0, y_ - 4.0}, s);
    write(24.0, "", name, "");
    next();
  }

  double bottom() const { return y_; }

 private:
  static constexpr std::string_view kEnd = "text-anchor=\"end\"";

  void write(double x, std::string_view anchor, std::string_view text, std::string_view style) {
    canvas_.text({left_ + x, y_}, text, fmt::format("class=\"{}\" {}", style, anchor));
  }
  void next() { y_ += kRow; }

  SvgCanvas& canvas_;
  double left_;
  double y_;
};

}  // namespace

std::string cell_picture(const Task& task, const SceneComponent& component, const CellMap& map) {
  const Groups groups = groups_of(map);
  const PixelPlot all(whole(map.grid), {{kLeft, kTop}, kSide, kSide});
  const PixelPlot zoom(
      core(map.grid, component.parameter(Role::kX).value, component.parameter(Role::kY).value),
      {{kRight, kTop}, kSide, kSide});
  const double legend_top = std::max(all.bottom(), zoom.bottom()) + 50.0;
  const auto n_tiles =
      std::ranges::count(groups, CellKind::kTile, [](const auto& g) { return g.first.kind; });
  const auto rows = std::max(n_tiles + (is_widened(task, map) ? 2 : 1), std::ssize(groups) - n_tiles);
  SvgCanvas canvas(kWidth, legend_top + kRow * static_cast<double>(rows + 1),
                   fmt::format("The cells that {} is integrated on", component.name));

  draw_titles(canvas, task, component, map);
  canvas.text({kLeft, kTop - 10.0}, "all cells", "class=\"panel\"");
  canvas.text({kRight, kTop - 10.0}, "the core, with nodes along x × y", "class=\"panel\"");

  canvas.begin_clip("all", all.corner, all.width(), all.height());
  draw_cells(canvas, all, groups);
  draw_ellipse(canvas, all, component);
  if (is_widened(task, map)) draw_image_edge(canvas, all, task.shape);
  canvas.end_clip();
  mark_core(canvas, all, zoom);
  report::draw_pixel_axes(canvas, all, task.placement);
  draw_cells(canvas, zoom, groups);
  report::draw_pixel_axes(canvas, zoom, task.placement);
  write_nodes(canvas, zoom, groups);

  Legend tiles(canvas, kLeft, legend_top);
  Legend pixels(canvas, kRight, legend_top);
  for (const auto& [group, sum] : groups) (group.kind == CellKind::kTile ? tiles : pixels).add(group, sum);
  tiles.add_line(kEllipse, "half-light ellipse");
  if (is_widened(task, map)) tiles.add_line(kImage, "edge of the image: its PSF gathers light from beyond");
  return canvas.document(kStyle);
}

}  // namespace gaxel::io
