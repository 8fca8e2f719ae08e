#include "integrate/aligned_image.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gaxel {
namespace {

constexpr double kSupport = 1.5;  // half of it

/// The quadratic B-spline, and its integrals from -infinity of itself and of t times itself.
struct BSpline {
  double value;
  double integral;
  double moment;
};

BSpline b_spline(double t) {
  const double s = std::clamp(t, -kSupport, kSupport);
  if (s < -0.5) {
    const double h = s + kSupport;
    return {0.5 * h * h, h * h * h / 6.0, h * h * h * (0.125 * h - 0.25)};
  }
  if (s <= 0.5) {
    const double squared = s * s;
    return {0.75 - squared, 0.5 + s * (0.75 - squared / 3.0),
            -13.0 / 64.0 + squared * (0.375 - 0.25 * squared)};
  }
  const double h = kSupport - s;
  return {0.5 * h * h, 1.0 - h * h * h / 6.0, h * h * h * (0.125 * h - 0.25)};
}

}  // namespace

AlignedImageSweep::AlignedImageSweep(const LightImage& light, const ImageFrame& frame, const Grid& grid,
                                     int first_row)
    : light_(light), frame_(frame), grid_(grid), row_(first_row), first_column_(0) {
  for (int column = 0; column < grid.shape.nx; ++column) {
    const double middle = grid.x0 + column * grid.step - frame.x;
    Overlaps of_column = overlaps(middle - 0.5 * grid.step, middle + 0.5 * grid.step, light.pixels().nx());
    if (!of_column.of.empty()) {
      if (columns_.empty()) first_column_ = column;
      columns_.push_back(std::move(of_column));
    }
  }
  sums_.resize(static_cast<std::size_t>(light.coefficients().nx()));
  sizes_.resize(sums_.size());
}

AlignedImageSweep::Overlaps AlignedImageSweep::overlaps(double from, double to, int n_pixels) const {
  const int margin = LightImage::kMargin;
  const int n = n_pixels + 2 * margin;
  const double a = from / frame_.scale;
  const double b = to / frame_.scale;
  const double middle = 0.5 * (n_pixels - 1) + margin;  // among the coefficients
  const double first = std::ceil(a + middle - kSupport);
  const double last = std::floor(b + middle + kSupport);
  if (first > n - 1 || last < 0.0) return {0, {}};
  Overlaps result{static_cast<int>(std::max(first, 0.0)), {}};
  for (int k = result.first; k <= std::min(last, n - 1.0); ++k) {
    const double place = k - middle;
    const BSpline low = b_spline(a - place);
    const BSpline high = b_spline(b - place);
    const double integral = high.integral - low.integral;
    result.of.push_back({integral, high.value - low.value, b * high.value - a * low.value,
                         high.moment - low.moment + place * integral});
  }
  return result;
}

void AlignedImageSweep::sum_along_v(const Overlaps& row) {
  std::ranges::fill(sums_, Overlap{});
  std::ranges::fill(sizes_, 0.0);
  int line = row.first;
  for (const Overlap& overlap : row.of) {
    const double* coefficient = light_.coefficients().view().row(line++);
    for (std::size_t k = 0; k < sums_.size(); ++k) {
      const double c = coefficient[k];
      sums_[k].integral += overlap.integral * c;
      sums_[k].rise += overlap.rise * c;
      sums_[k].stretch += overlap.stretch * c;
      sums_[k].moment += overlap.moment * c;
      sizes_[k] += std::abs(c);
    }
  }
}

// With light(u, v), u = (x - x0) / scale and v likewise, turned by theta about the middle.
ImagePixel AlignedImageSweep::pixel(const Overlaps& column) const {
  ImagePixel result;
  double stretch = 0.0;
  double size = 0.0;
  auto k = static_cast<std::size_t>(column.first);
  for (const Overlap& along_u : column.of) {
    const Overlap& along_v = sums_[k];
    result.light += along_u.integral * along_v.integral;
    result.x -= along_u.rise * along_v.integral;
    result.y -= along_u.integral * along_v.rise;
    stretch += along_u.stretch * along_v.integral + along_u.integral * along_v.stretch;
    result.theta += along_u.rise * along_v.moment - along_u.moment * along_v.rise;
    size += sizes_[k++];
  }
  result.x /= frame_.scale;
  result.y /= frame_.scale;
  result.scale = -stretch / frame_.scale;
  // The overlaps' rounding: of ends that lie within the light, on B-splines that are 1 at most.
  const double reach = 2.0 + light_.half_width() + light_.half_height();
  result.rounding = 8.0 * std::numeric_limits<double>::epsilon() * reach * size;
  return result;
}

LitPixels AlignedImageSweep::next() {
  pixels_.clear();
  const double middle = grid_.y0 + row_ * grid_.step - frame_.y;
  const Overlaps row = overlaps(middle - 0.5 * grid_.step, middle + 0.5 * grid_.step, light_.pixels().ny());
  ++row_;
  if (row.of.empty()) return {first_column_, {}};
  sum_along_v(row);
  for (const Overlaps& column : columns_) pixels_.push_back(pixel(column));
  return {first_column_, pixels_};
}

}  // namespace gaxel
