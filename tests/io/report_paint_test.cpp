#include "io/report/paint.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace gaxel::io::report {
namespace {

double identity(double value) {
  return value;
}

TEST(Paint, RowZeroIsAtTheBottom) {
  Image image({2, 3});
  image(0, 0) = 1.0;
  const Picture picture = paint(image.view(), {}, ColorMap::sequential(), identity);
  ASSERT_EQ(picture.width(), 3);
  ASSERT_EQ(picture.height(), 2);
  EXPECT_EQ(picture.at(1, 0), ColorMap::sequential()(1.0));
  EXPECT_EQ(picture.at(0, 0), ColorMap::sequential()(0.0));
  EXPECT_EQ(picture.at(1, 1), ColorMap::sequential()(0.0));
}

TEST(Paint, MaskedAndMissingPixels) {
  Image image({1, 3}, 0.5);
  image(0, 1) = std::numeric_limits<double>::quiet_NaN();
  const std::array<std::uint8_t, 3> used = {0, 1, 1};
  const Picture picture = paint(image.view(), used, ColorMap::diverging(), identity);
  EXPECT_EQ(picture.at(0, 0), kMasked);
  EXPECT_EQ(picture.at(0, 1), kMasked);
  EXPECT_EQ(picture.at(0, 2), ColorMap::diverging()(0.5));
}

TEST(Paint, LargeImagesBecomeMeansOfBlocks) {
  Image image({2 * kMaxPictureSide, 7});
  image(0, 0) = 1.0;
  image(0, 1) = 0.6;
  std::vector<std::uint8_t> used(image.size(), 1);
  used[1] = 0;
  const Picture picture = paint(image.view(), used, ColorMap::sequential(), identity);
  EXPECT_EQ(picture.height(), kMaxPictureSide);
  EXPECT_EQ(picture.width(), 4);
  EXPECT_EQ(picture.at(kMaxPictureSide - 1, 0), ColorMap::sequential()(1.0 / 3.0));
}

TEST(Paint, EnlargeRepeatsPixels) {
  Picture picture(2, 1, {1, 2, 3});
  picture.at(0, 1) = {7, 8, 9};
  const Picture large = enlarge(picture, 3);
  EXPECT_EQ(large.width(), 6);
  EXPECT_EQ(large.height(), 3);
  EXPECT_EQ(large.at(2, 2), (Rgb{1, 2, 3}));
  EXPECT_EQ(large.at(0, 3), (Rgb{7, 8, 9}));
}

TEST(Paint, SideBySideLeavesWhiteGaps) {
  const std::array pictures = {Picture(2, 2, {1, 1, 1}), Picture(1, 2, {2, 2, 2})};
  const Picture strip = side_by_side(pictures, 4);
  EXPECT_EQ(strip.width(), 7);
  EXPECT_EQ(strip.at(1, 1), (Rgb{1, 1, 1}));
  EXPECT_EQ(strip.at(1, 2), (Rgb{255, 255, 255}));
  EXPECT_EQ(strip.at(1, 6), (Rgb{2, 2, 2}));
}

}  // namespace
}  // namespace gaxel::io::report
