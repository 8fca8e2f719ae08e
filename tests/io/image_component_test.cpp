// Components of the type "image" in scene files.
#include <gmock/gmock.h>

#include <cmath>
#include <numbers>

#include "gaxel/light_image.hpp"
#include "io/result_toml.hpp"
#include "io/task_fixture.hpp"

namespace gaxel::io {
namespace {

using test::kImage;
using test::kNoise;
using testing::HasSubstr;

class ImageComponent : public test::TaskTest {
 protected:
  ImageComponent() {
    folder.write("stamps.fits",
                 test::primary<float>({2, 2}, {1, 2, 3, 4}) +
                     test::extension<double>("WIDE", {4, 3}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
    folder.write("nan.fits", test::primary<double>({2, 1}, {1.0, std::nan("")}));
    folder.write("zero.fits", test::primary<double>({2, 2}, {1, -1, 1, -1}));
    // 10^10 pixels by the header and none in the file: the size is known before any memory is asked for.
    folder.write("huge.fits", test::primary<float>({100000, 100000}, {}));
    folder.write("large.fits", test::primary<float>({10000, 10000}, {}));
  }

  static std::string image(const std::string& keys) {
    return kImage + kNoise + "[[component]]\ntype = \"image\"\n" + keys;
  }

  SceneComponent component(const std::string& keys, bool need_data = true) const {
    return load(image(keys), need_data).scene.components.front();
  }
};

TEST_F(ImageComponent, IsReadWithExtensionAndSection) {
  const SceneComponent plain = component("file = \"stamps.fits\"\n");
  ASSERT_NE(plain.image, nullptr);
  EXPECT_THAT(plain.image->pixels().pixels(), testing::ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(plain.image_file, folder.path("stamps.fits"));
  const SceneComponent section = component("file = \"stamps.fits[WIDE][2:4,2:3]\"\n");
  EXPECT_EQ(section.image->pixels().shape(), (Shape{2, 3}));
  EXPECT_THAT(section.image->pixels().pixels(), testing::ElementsAre(5, 6, 7, 9, 10, 11));
  EXPECT_EQ(section.image_file, folder.path("stamps.fits") + "[WIDE][2:4,2:3]");
}

TEST_F(ImageComponent, RestsAsItIsUnlessToldOtherwise) {
  const SceneComponent resting = component("file = \"stamps.fits\"\n");
  EXPECT_TRUE(std::isnan(resting.parameter(Role::kX).value));
  EXPECT_TRUE(resting.parameter(Role::kX).free);
  EXPECT_TRUE(resting.parameter(Role::kFlux).free);
  EXPECT_EQ(resting.parameter(Role::kScale).value, 1.0);
  EXPECT_FALSE(resting.parameter(Role::kScale).free);
  EXPECT_EQ(resting.parameter(Role::kRotation).value, 0.0);
  EXPECT_FALSE(resting.parameter(Role::kRotation).free);
  const SceneComponent told =
      component("file = \"stamps.fits\"\nscale = 0.5\npa = { value = 90, min = 0 }\n");
  EXPECT_TRUE(told.parameter(Role::kScale).free);
  EXPECT_TRUE(told.parameter(Role::kRotation).free);
  EXPECT_NEAR(told.parameter(Role::kRotation).value, 0.5 * std::numbers::pi, 1e-15);
}

TEST_F(ImageComponent, ItsFileIsAnInputAndStaysInTheResult) {
  const Task task = load(image("file = \"stamps.fits[1]\"\nx = 4\ny = 3\nflux = 2\n"));
  EXPECT_THAT(task.input_files, testing::Contains(folder.path("stamps.fits")));
  FitResult result;
  result.scene = task.scene;
  EXPECT_THAT(result_toml(task, result), HasSubstr("file = '" + folder.path("stamps.fits") + "[1]'\n"));
}

TEST_F(ImageComponent, MistakesAreNamed) {
  const std::string place = "x = 4\ny = 3\nflux = 2\n";
  EXPECT_THAT(problem(image(place)), HasSubstr("component 1.file: missing (the name of a FITS file)"));
  EXPECT_THAT(problem(image(place + "file = \"none.fits\"\n")),
              HasSubstr("component 1.file = 'none.fits': the file does not exist"));
  EXPECT_THAT(problem(image(place + "file = \"stamps.fits[BAD]\"\n")), HasSubstr("no such extension"));
  EXPECT_THAT(problem(image(place + "file = \"stamps.fits[0][1:3,1:2]\"\n")), HasSubstr("[1:2,1:2]"));
  EXPECT_THAT(problem(image(place + "file = \"nan.fits\"\n")),
              HasSubstr("component 1.file = 'nan.fits': image = nan in column 1, row 0 (0-based)"));
  EXPECT_THAT(problem(image(place + "file = \"zero.fits\"\n")),
              HasSubstr("the sum of the image is not positive"));
  EXPECT_THAT(problem(image(place + "file = \"huge.fits\"\n")), HasSubstr("at most"));
  EXPECT_THAT(
      problem(image(place + "file = \"large.fits\"\n")),
      HasSubstr("10000 x 10000 pixels: the image is too large for a component (at most 67108864 pixels)"));
  EXPECT_THAT(problem(image(place + "file = \"stamps.fits\"\nscale = 0\n")), HasSubstr("0.001 to 1000"));
  EXPECT_THAT(problem(image(place + "file = \"stamps.fits\"\nq = 0.5\n")), HasSubstr("q"));
  EXPECT_THAT(problem(image(place + "file = \"stamps.fits\"\nc0 = 0.5\n")),
              HasSubstr("component 1.c0 = 0.5: image cannot have it (image has no options)"));
  EXPECT_THAT(problem(kImage + kNoise + test::kGalaxy + "file = \"stamps.fits\"\n"),
              HasSubstr("unknown key"));
}

}  // namespace
}  // namespace gaxel::io
