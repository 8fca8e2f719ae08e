#include "io/report/paint.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gaxel::io::report {
namespace {

double block_mean(ConstImageView image, std::span<const std::uint8_t> used, int row0, int col0, int side) {
  double sum = 0.0;
  int count = 0;
  for (int row = row0; row < std::min(row0 + side, image.ny()); ++row) {
    for (int col = col0; col < std::min(col0 + side, image.nx()); ++col) {
      const auto i = static_cast<std::size_t>(image.row(row) + col - image.data());
      if ((!used.empty() && !used[i]) || std::isnan(image(row, col))) continue;
      sum += image(row, col);
      ++count;
    }
  }
  return count > 0 ? sum / count : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

Image shrink(ConstImageView image, std::span<const std::uint8_t> used) {
  const int longest = std::max(image.nx(), image.ny());
  const int side = (longest + kMaxPictureSide - 1) / kMaxPictureSide;
  Image small(Shape{(image.ny() + side - 1) / side, (image.nx() + side - 1) / side});
  for (int row = 0; row < small.ny(); ++row) {
    for (int col = 0; col < small.nx(); ++col)
      small(row, col) = block_mean(image, used, row * side, col * side, side);
  }
  return small;
}

Picture paint(ConstImageView image, std::span<const std::uint8_t> used, const ColorMap& map,
              const std::function<double(double)>& scale) {
  const Image small = shrink(image, used);
  Picture picture(small.nx(), small.ny());
  for (int row = 0; row < picture.height(); ++row) {
    for (int col = 0; col < picture.width(); ++col) {
      const double value = small(row, col);
      picture.at(picture.height() - 1 - row, col) = std::isnan(value) ? kMasked : map(scale(value));
    }
  }
  return picture;
}

Picture enlarge(const Picture& picture, int factor) {
  Picture large(picture.width() * factor, picture.height() * factor);
  for (int row = 0; row < large.height(); ++row) {
    for (int col = 0; col < large.width(); ++col) large.at(row, col) = picture.at(row / factor, col / factor);
  }
  return large;
}

Picture side_by_side(std::span<const Picture> pictures, int gap) {
  int width = -gap;
  int height = 0;
  for (const Picture& picture : pictures) {
    width += picture.width() + gap;
    height = std::max(height, picture.height());
  }
  Picture strip(width, height);
  int left = 0;
  for (const Picture& picture : pictures) {
    for (int row = 0; row < picture.height(); ++row) {
      for (int col = 0; col < picture.width(); ++col) strip.at(row, left + col) = picture.at(row, col);
    }
    left += picture.width() + gap;
  }
  return strip;
}

Picture color_bar(const ColorMap& map) {
  Picture bar(ColorMap::kSize, 1);
  for (int i = 0; i < ColorMap::kSize; ++i) bar.at(0, i) = map(i / (ColorMap::kSize - 1.0));
  return bar;
}

}  // namespace gaxel::io::report
