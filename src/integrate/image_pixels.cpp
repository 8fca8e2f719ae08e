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

/// Where a coordinate that runs from `from` to `to` crosses the edges of the image's pixels, as fractions of
/// the way, in order. `half_size`: no light beyond; `middle`: the image's middle in its own pixels.
class Crossings {
 public:
  Crossings(double from, double to, double half_size, double middle)
      : from_(from), way_(to - from), direction_(to < from ? -1.0 : 1.0) {
    const double start = std::clamp(from, -half_size, half_size);
    end_ = std::clamp(to, -half_size, half_size);
    edge_ = to < from ? std::floor(start + middle + 0.5) - 0.5 - middle
                      : std::ceil(start + middle - 0.5) + 0.5 - middle;
    find();
  }

  double next() const { return next_; }  ///< 1 when there is none left
  void pass() {
    edge_ += direction_;
    find();
  }

 private:
  void find() { next_ = direction_ * (end_ - edge_) > 0.0 ? (edge_ - from_) / way_ : 1.0; }

  double from_;
  double way_;
  double direction_;
  double end_ = 0.0;
  double edge_ = 0.0;
  double next_ = 1.0;
};

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
ImagePixel ImagePixelSweep::edge(const Point& from, const Point& to) const {
  ImagePixel result;
  const double u = light_.half_width();
  const double v = light_.half_height();
  const bool dark =
      std::max(from.u, to.u) <= -u || std::max(from.v, to.v) <= -v || std::min(from.v, to.v) >= v;
  if (dark) return result;
  const double middle_u = 0.5 * (light_.pixels().nx() - 1);
  const double middle_v = 0.5 * (light_.pixels().ny() - 1);
  const double du = to.u - from.u;
  const double dv = to.v - from.v;
  double cumulative = 0.0;
  double magnitude = 0.0;
  double brightness = 0.0;
  double density = 0.0;
  double moment = 0.0;
  Crossings along_u(from.u, to.u, u, middle_u);
  Crossings along_v(from.v, to.v, v, middle_v);
  for (double start = 0.0, end = 0.0; start < 1.0; start = end) {
    end = std::min(along_u.next(), along_v.next());
    if (end < 1.0) (along_u.next() <= along_v.next() ? along_u : along_v).pass();
    const double length = end - start;
    if (!(length > 0.0)) continue;
    const double middle = start + 0.5 * length;
    const LightImage::Piece piece =
        light_.piece(middle_u + from.u + middle * du, middle_v + from.v + middle * dv);
    magnitude += length * piece.magnitude();
    for (const Node& node : kGauss) {
      const double t = start + node.place * length;
      const LightImage::Value value = piece.at(middle_u + from.u + t * du, middle_v + from.v + t * dv);
      const double weight = node.weight * length;
      cumulative += weight * value.cumulative;
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
  const Columns all{0, grid_.shape.nx};
  if (beyond_light(row, all)) return {0, 0};
  // The last place for which `dark` is true; at `lit` it is false.
  const auto last_dark = [](int known, int lit, auto dark) {
    while (std::abs(lit - known) > 1) {
      const int middle = (known + lit) / 2;
      (dark(middle) ? known : lit) = middle;
    }
    return known;
  };
  return {last_dark(all.first, all.last, [&](int end) { return beyond_light(row, {all.first, end}); }),
          last_dark(all.last, all.first, [&](int start) { return beyond_light(row, {start, all.last}); })};
}

void ImagePixelSweep::horizontal_edges(int row, const Columns& columns,
                                       std::vector<ImagePixel>& edges) const {
  Point from = corner(row, columns.first);
  for (int column = columns.first; column < columns.last; ++column) {
    const Point to = corner(row, column + 1);
    edges[static_cast<std::size_t>(column)] = edge(from, to);
    from = to;
  }
}

LitPixels ImagePixelSweep::next() {
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
