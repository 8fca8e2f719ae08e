#include "integrate/image_pixels.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace gaxel {
namespace {

struct Node {
  double place;  // 0 to 1
  double weight;
};

constexpr double kOffset = 0.38729833462074168852;  // sqrt(3/5) / 2
constexpr std::array<Node, 3> kGauss{
    {{0.5 - kOffset, 5.0 / 18.0}, {0.5, 8.0 / 18.0}, {0.5 + kOffset, 5.0 / 18.0}}};

/// Roundings that a node's light may hold, relative to the terms that it is a sum of, and its place, relative
/// to the numbers that it is computed from.
constexpr double kRoundings = 16.0 * std::numeric_limits<double>::epsilon();

/// Adds where a coordinate that runs from `from` to `to` crosses the edges of the image's pixels, as
/// fractions of the way. `half_size`: no light beyond; `middle`: the image's middle in its own pixels.
void add_breaks(double from, double to, double half_size, double middle, std::vector<double>& breaks) {
  const double low = std::max(std::min(from, to), -half_size);
  const double high = std::min(std::max(from, to), half_size);
  if (!(low < high)) return;
  const double first = std::ceil(low + middle - 0.5) + 0.5 - middle;
  for (double knot = first; knot < high; knot += 1.0) breaks.push_back((knot - from) / (to - from));
}

void add(double sign, const ImagePixel& edge, ImagePixel& pixel) {
  pixel.light += sign * edge.light;
  pixel.x += sign * edge.x;
  pixel.y += sign * edge.y;
  pixel.scale += sign * edge.scale;
  pixel.theta += sign * edge.theta;
  pixel.rounding += edge.rounding;
}

}  // namespace

ImagePixelSweep::ImagePixelSweep(const LightImage& light, const ImageFrame& frame, const Grid& grid,
                                 int first_row)
    : light_(light),
      frame_(frame),
      grid_(grid),
      cosine_(std::cos(frame.theta) / frame.scale),
      sine_(std::sin(frame.theta) / frame.scale),
      row_(first_row),
      lit_(lit_columns(first_row)),
      below_(static_cast<std::size_t>(grid.shape.nx)),
      above_(below_.size()) {
  horizontal_edges(row_, lit_, above_);
}

ImagePixelSweep::Point ImagePixelSweep::corner(int row, int column) const {
  const double dx = grid_.x0 + (column - 0.5) * grid_.step - frame_.x;
  const double dy = grid_.y0 + (row - 0.5) * grid_.step - frame_.y;
  return {cosine_ * dx + sine_ * dy, cosine_ * dy - sine_ * dx};
}

bool ImagePixelSweep::beyond_light(int row, const Columns& columns) const {
  const std::array<Point, 4> corners{corner(row, columns.first), corner(row, columns.last),
                                     corner(row + 1, columns.first), corner(row + 1, columns.last)};
  const double u = light_.half_width();
  const double v = light_.half_height();
  return std::ranges::all_of(corners, [=](const Point& p) { return p.u <= -u; }) ||
         std::ranges::all_of(corners, [=](const Point& p) { return p.u >= u; }) ||
         std::ranges::all_of(corners, [=](const Point& p) { return p.v <= -v; }) ||
         std::ranges::all_of(corners, [=](const Point& p) { return p.v >= v; });
}

// What a pixel's contour gains along a straight edge: of the light the integral of cumulative dv; of the
// derivative to a parameter p the integral of density (u_p dv - v_p du), (u_p, v_p) the speed at which the
// edge moves in the image as p changes.
ImagePixel ImagePixelSweep::edge(const Point& from, const Point& to) {
  ImagePixel result;
  const double u = light_.half_width();
  const double v = light_.half_height();
  const bool dark =
      std::max(from.u, to.u) <= -u || std::max(from.v, to.v) <= -v || std::min(from.v, to.v) >= v;
  if (dark) return result;
  const double middle_u = 0.5 * (light_.pixels().nx() - 1);
  const double middle_v = 0.5 * (light_.pixels().ny() - 1);
  breaks_.assign({0.0, 1.0});
  add_breaks(from.u, to.u, u, middle_u, breaks_);
  add_breaks(from.v, to.v, v, middle_v, breaks_);
  std::ranges::sort(breaks_);

  const double du = to.u - from.u;
  const double dv = to.v - from.v;
  double cumulative = 0.0;
  double magnitude = 0.0;
  double brightness = 0.0;
  double density = 0.0;
  double moment = 0.0;
  for (std::size_t piece = 0; piece + 1 < breaks_.size(); ++piece) {
    const double length = breaks_[piece + 1] - breaks_[piece];
    if (!(length > 0.0)) continue;
    for (const Node& node : kGauss) {
      const double t = breaks_[piece] + node.place * length;
      const LightImage::Value value = light_.at(middle_u + from.u + t * du, middle_v + from.v + t * dv);
      const double weight = node.weight * length;
      cumulative += weight * value.cumulative;
      magnitude += weight * value.magnitude;
      brightness += weight * std::abs(value.density);
      density += weight * value.density;
      moment += weight * value.density * t;
    }
  }
  result.light = cumulative * dv;
  const double reach = std::abs(from.u) + std::abs(to.u) + std::abs(from.v) + std::abs(to.v) + u + v;
  result.rounding = kRoundings * (magnitude * std::abs(dv) + brightness * reach * std::hypot(du, dv));
  result.x = -density * (cosine_ * dv + sine_ * du);
  result.y = density * (cosine_ * du - sine_ * dv);
  result.scale = density * (from.v * du - from.u * dv) / frame_.scale;
  result.theta = density * (from.v * dv + from.u * du) + moment * (du * du + dv * dv);
  return result;
}

// A row of pixels crosses the light, a rectangle, once.
ImagePixelSweep::Columns ImagePixelSweep::lit_columns(int row) const {
  Columns lit{0, grid_.shape.nx};
  if (beyond_light(row, lit)) return {0, 0};
  while (!lit.empty() && beyond_light(row, {lit.first, lit.first + 1})) ++lit.first;
  while (!lit.empty() && beyond_light(row, {lit.last - 1, lit.last})) --lit.last;
  return lit;
}

void ImagePixelSweep::horizontal_edges(int row, const Columns& columns, std::vector<ImagePixel>& edges) {
  Point from = corner(row, columns.first);
  for (int column = columns.first; column < columns.last; ++column) {
    const Point to = corner(row, column + 1);
    edges[static_cast<std::size_t>(column)] = edge(from, to);
    from = to;
  }
}

ImagePixelSweep::LitPixels ImagePixelSweep::next() {
  const Columns lit = lit_;
  lit_ = lit_columns(row_ + 1);
  std::swap(below_, above_);
  horizontal_edges(row_ + 1, lit.with(lit_), above_);
  pixels_.clear();
  if (!lit.empty()) {
    ImagePixel left = edge(corner(row_, lit.first), corner(row_ + 1, lit.first));
    for (int column = lit.first; column < lit.last; ++column) {
      const auto index = static_cast<std::size_t>(column);
      const ImagePixel right = edge(corner(row_, column + 1), corner(row_ + 1, column + 1));
      ImagePixel& pixel = pixels_.emplace_back();
      add(1.0, below_[index], pixel);
      add(1.0, right, pixel);
      add(-1.0, above_[index], pixel);
      add(-1.0, left, pixel);
      left = right;
    }
  }
  ++row_;
  return {lit.first, pixels_};
}

}  // namespace gaxel
