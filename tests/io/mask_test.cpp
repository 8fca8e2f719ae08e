#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "io/task_fixture.hpp"

namespace gaxel::io {
namespace {

using test::kGalaxy;
using test::kImage;
using test::kNoise;
using testing::HasSubstr;

class MaskTest : public test::TaskTest {
 protected:
  MaskTest() {
    std::vector<std::int32_t> flags(kNx * kNy, 0);
    for (std::size_t i = 0; i < 6; ++i) flags[i] = 1 << i;  // bits 0 to 5 in the first six pixels
    flags[6] = 1 + 16;
    write("flags.fits", flags);
  }

  std::string scene(const std::string& mask) const { return kImage + kNoise + "[mask]\n" + mask + kGalaxy; }
  /// Numbers of the masked pixels.
  std::vector<std::size_t> masked(const std::string& mask) const {
    const Task task = load(scene(mask));
    std::vector<std::size_t> bad;
    for (std::size_t i = 0; i < task.observation.used.size(); ++i) {
      if (task.observation.used[i] == 0) bad.push_back(i);
    }
    return bad;
  }
};

TEST_F(MaskTest, NonZeroIsBad) {
  EXPECT_THAT(masked("file = \"flags.fits\"\n"), testing::ElementsAre(0, 1, 2, 3, 4, 5, 6));
  EXPECT_THAT(load(scene("file = \"flags.fits\"\n")).notes,
              testing::ElementsAre("mask.file: 7 pixels masked (14.6 %)"));
}

TEST_F(MaskTest, PixelsMayBeListed) {
  folder.write("bad.txt", "# x y\n\n 2 1 cosmic ray\n8 6 # corner\n2 1\n9 1\n0 0\n");
  EXPECT_THAT(masked("file = \"bad.txt\"\n"), testing::ElementsAre(1, 47));
  EXPECT_THAT(problem(scene("file = \"bad.txt\"\nbits = [1]\n")),
              HasSubstr("the file is a list of bad pixels"));
  folder.write("half.txt", "1 1\n2 1.5\n");
  EXPECT_THAT(problem(scene("file = \"half.txt\"\n")), HasSubstr("2 1.5"));
  folder.write("prose.txt", "these pixels are bad\n");
  EXPECT_THAT(problem(scene("file = \"prose.txt\"\n")), HasSubstr("not a FITS file"));
}

TEST_F(MaskTest, MaskingNothingIsAWarning) {
  const Task task = load(scene("file = \"flags.fits\"\nbits = [31]\n"));
  EXPECT_THAT(task.warnings, testing::ElementsAre("mask.file masks no pixel of the region"));
  EXPECT_THAT(task.notes, testing::IsEmpty());
  EXPECT_THAT(load(scene("file = \"flags.fits\"\n")).warnings, testing::IsEmpty());
}

TEST_F(MaskTest, Bits) {
  EXPECT_THAT(masked("file = \"flags.fits\"\nbits = [0, 4]\n"), testing::ElementsAre(0, 4, 6));
  EXPECT_THAT(masked("file = \"flags.fits\"\nbits = [31]\n"), testing::ElementsAre());
  write("high.fits", std::vector<std::int32_t>(kNx * kNy, 0),
        {test::card("BZERO", "2147483648")});  // bit 31 everywhere
  EXPECT_THAT(problem(scene("file = \"high.fits\"\nbits = [31]\n")), HasSubstr("leaves no pixel"));
}

TEST_F(MaskTest, GoodValue) {
  std::vector<std::int16_t> good(kNx * kNy, 1);
  good[3] = 0;
  good[8] = 2;
  write("good.fits", good);
  EXPECT_THAT(masked("file = \"good.fits\"\ngood_value = 1\n"), testing::ElementsAre(3, 8));
}

TEST_F(MaskTest, BlankPixelsAreBad) {
  std::vector<float> values(kNx * kNy, 0.0F);
  values[7] = NAN;
  write("float.fits", values);
  EXPECT_THAT(masked("file = \"float.fits\"\n"), testing::ElementsAre(7));
  EXPECT_THAT(masked("file = \"float.fits\"\ngood_value = 0\n"), testing::ElementsAre(7));
  EXPECT_THAT(masked("file = \"float.fits\"\nbits = [2]\n"), testing::ElementsAre(7));
}

TEST_F(MaskTest, SegmentationKeepsOneObjectAndTheSky) {
  std::vector<std::int16_t> labels(kNx * kNy, 0);
  labels[1] = 5;
  labels[2] = 6;
  labels[3] = 7;
  write("labels.fits", labels);
  EXPECT_THAT(masked("segmentation = \"labels.fits\"\nlabel = 5\n"), testing::ElementsAre(2, 3));
  EXPECT_THAT(masked("segmentation = \"labels.fits\"\nlabel = 6\nfile = \"flags.fits\"\nbits = [5]\n"),
              testing::ElementsAre(1, 3, 5));
  EXPECT_THAT(load(scene("segmentation = \"labels.fits\"\nlabel = 9\n")).warnings,
              testing::ElementsAre("mask.segmentation has no pixel of label 9 in the region"));
}

TEST_F(MaskTest, AMaskThatHidesEverything) {
  write("all.fits", std::vector<std::uint8_t>(kNx * kNy, 1));
  EXPECT_THAT(
      problem(scene("file = \"all.fits\"\n")),
      testing::AllOf(HasSubstr("scene.toml:6: mask.file = 'all.fits': the mask leaves no pixel to fit"),
                     HasSubstr("good_value = 1")));
}

TEST_F(MaskTest, AMaskThatLooksInvertedIsWarnedOf) {
  std::vector<std::uint8_t> nearly(kNx * kNy, 1);
  nearly[0] = 0;
  write("nearly.fits", nearly);
  EXPECT_THAT(load(scene("file = \"nearly.fits\"\n")).warnings,
              testing::ElementsAre(HasSubstr("good_value")));
}

TEST_F(MaskTest, KeysThatDoNotGoTogether) {
  EXPECT_THAT(problem(scene("")), HasSubstr("mask: names no image (file or segmentation)"));
  EXPECT_THAT(problem(scene("bits = [1]\nsegmentation = \"flags.fits\"\nlabel = 1\n")),
              HasSubstr("\"file\" is missing"));
  EXPECT_THAT(problem(scene("segmentation = \"flags.fits\"\n")), HasSubstr("go together"));
  EXPECT_THAT(problem(scene("label = 1\nfile = \"flags.fits\"\n")), HasSubstr("go together"));
  EXPECT_THAT(problem(scene("file = \"flags.fits\"\nbits = [1]\ngood_value = 1\n")),
              HasSubstr("\"bits\" is given too"));
  EXPECT_THAT(problem(scene("file = \"flags.fits\"\nbits = [32]\n")), HasSubstr("from 0 to 31"));
  EXPECT_THAT(problem(scene("file = \"flags.fits\"\nbits = 3\n")), HasSubstr("mask.bits = 3: wrong type"));
  EXPECT_THAT(problem(scene("file = \"flags.fits\"\nbits = []\n")), HasSubstr("wrong type"));
  EXPECT_THAT(problem(scene("file = \"flags.fits\"\nbit = [3]\n")), HasSubstr("did you mean \"bits\"?"));
  write("half.fits", std::vector<float>(kNx * kNy, 0.5F));
  EXPECT_THAT(problem(scene("file = \"half.fits\"\nbits = [1]\n")),
              HasSubstr("holds 0.5, which has no bits"));
  folder.write("small.fits", test::primary<float>({2, 2}, {1, 2, 3, 4}));
  EXPECT_THAT(problem(scene("file = \"small.fits\"\n")), HasSubstr("its size is 2 x 2"));
}

}  // namespace
}  // namespace gaxel::io
