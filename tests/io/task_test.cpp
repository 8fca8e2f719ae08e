#include "io/task.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <numbers>

#include "io/task_fixture.hpp"

namespace gaxel::io {
namespace {

using test::kGalaxy;
using test::kImage;
using test::kNoise;
using test::TaskTest;
using testing::HasSubstr;

constexpr double kInf = std::numeric_limits<double>::infinity();

TEST_F(TaskTest, ReadsTheWholeImage) {
  const Task task = load("title = \"A test\"\n" + kImage + kNoise + kGalaxy);
  EXPECT_EQ(task.title, "A test");
  EXPECT_EQ(task.image_file, "image.fits");
  EXPECT_EQ(task.shape, (Shape{6, 8}));
  EXPECT_EQ(task.observation.data(0, 0), 11.0);  // FITS pixel (1, 1)
  EXPECT_EQ(task.observation.data(5, 7), 86.0);
  EXPECT_THAT(task.observation.used, testing::Each(1));
  EXPECT_THAT(task.observation.sigma.pixels(), testing::Each(2.0));
  EXPECT_TRUE(task.observation.psfs.empty());
  EXPECT_THAT(task.warnings, testing::IsEmpty());
}

TEST_F(TaskTest, InnerCoordinatesBeginAtTheRegion) {
  for (const char* image :
       {"file = \"image.fits\"\nregion = [3, 7, 2, 5]\n", "file = \"image.fits[3:7,2:5]\"\n",
        "file = \"image.fits[0][3:7,2:5]\"\n", "file = \"image.fits[2:8,1:6]\"\nregion = [3, 7, 2, 5]\n"}) {
    const Task task = load(std::string("[image]\n") + image + "[noise]\nsigma = \"sigma.fits\"\n" + kGalaxy);
    EXPECT_EQ(task.shape, (Shape{4, 5})) << image;
    EXPECT_EQ(task.observation.data(0, 0), 32.0);
    EXPECT_EQ(task.observation.data(3, 4), 75.0);
    EXPECT_EQ(task.placement.first_x, 3);
    EXPECT_EQ(task.placement.first_y, 2);
    const SceneComponent& galaxy = task.scene.components[0];
    EXPECT_EQ(galaxy.parameter(Role::kX).value, 1.0);  // FITS pixel 4 of the file
    EXPECT_EQ(galaxy.parameter(Role::kY).value, 1.0);
    EXPECT_EQ(task.placement.fits_x(1.0), 4.0);
  }
}

TEST_F(TaskTest, ParametersFreeFixedBoundedOrLeftOut) {
  const Task task = load(kImage + kNoise +
                         "[[component]]\ntype = \"sersic\"\nname = \"dwarf\"\nx = 4.25\n"
                         "y = { value = 3, fixed = true }\nre = { value = 2, min = 0.5, max = 9 }\n"
                         "n = { min = 0.5, max = 8.0 }\npa = { value = 30, min = 0, max = 90 }\n");
  const SceneComponent& dwarf = task.scene.components[0];
  EXPECT_EQ(dwarf.name, "dwarf");
  EXPECT_EQ(dwarf.parameter(Role::kX).value, 3.25);
  EXPECT_TRUE(dwarf.parameter(Role::kX).free);
  EXPECT_EQ(dwarf.parameter(Role::kX).min, -kInf);
  EXPECT_FALSE(dwarf.parameter(Role::kY).free);
  EXPECT_EQ(dwarf.parameter(Role::kRe).min, 0.5);
  EXPECT_EQ(dwarf.parameter(Role::kRe).max, 9.0);
  EXPECT_TRUE(std::isnan(dwarf.parameter(Role::kN).value));
  EXPECT_EQ(dwarf.parameter(Role::kN).max, 8.0);
  for (const Role role : {Role::kFlux, Role::kQ}) {
    EXPECT_TRUE(std::isnan(dwarf.parameter(role).value));
    EXPECT_TRUE(dwarf.parameter(role).free);
  }
  // 30 degrees from +y towards -x is 120 degrees from +x towards +y.
  EXPECT_NEAR(dwarf.parameter(Role::kTheta).value, 2.0 * std::numbers::pi / 3.0, 1e-15);
  EXPECT_NEAR(dwarf.parameter(Role::kTheta).min, std::numbers::pi / 2.0, 1e-15);
  EXPECT_NEAR(dwarf.parameter(Role::kTheta).max, std::numbers::pi, 1e-15);
}

TEST_F(TaskTest, BoundsOfPositionsMoveWithTheRegion) {
  const Task task =
      load("[image]\nfile = \"image.fits\"\nregion = [3, 7, 2, 5]\n" + kNoise +
           "[[component]]\ntype = \"pointsource\"\nx = { value = 4, min = 3, max = 6 }\ny = 3\nflux = 5\n");
  EXPECT_EQ(task.scene.components[0].parameter(Role::kX).min, 0.0);
  EXPECT_EQ(task.scene.components[0].parameter(Role::kX).max, 3.0);
}

TEST_F(TaskTest, Magnitudes) {
  const Task task = load("[image]\nfile = \"image.fits\"\nzeropoint = 25.0\nexptime = 100\n" + kNoise +
                         "[[component]]\ntype = \"gaussian\"\nmag = { value = 20, min = 17.5, max = 22.5 }\n"
                         "[[component]]\ntype = \"pointsource\"\nmag = {}\n"
                         "[[component]]\ntype = \"pointsource\"\nflux = -3\n");
  const SceneComponent& galaxy = task.scene.components[0];
  EXPECT_TRUE(galaxy.flux_is_magnitude);
  EXPECT_NEAR(galaxy.parameter(Role::kFlux).value, 100.0 * 100.0, 1e-9);  // 5 mag: a factor of 100
  EXPECT_NEAR(galaxy.parameter(Role::kFlux).min, 100.0 * 10.0, 1e-9);     // the faint end
  EXPECT_NEAR(galaxy.parameter(Role::kFlux).max, 100.0 * 1000.0, 1e-8);   // the bright end
  EXPECT_TRUE(task.scene.components[1].flux_is_magnitude);
  EXPECT_TRUE(std::isnan(task.scene.components[1].parameter(Role::kFlux).value));
  EXPECT_FALSE(task.scene.components[2].flux_is_magnitude);
  EXPECT_EQ(task.scene.components[2].parameter(Role::kFlux).value, -3.0);
  EXPECT_NEAR(task.photometry.magnitude(1e4), 20.0, 1e-12);
  EXPECT_TRUE(std::isnan(task.photometry.magnitude(-1.0)));
}

TEST_F(TaskTest, OneSidedBoundsOfMagnitudes) {
  const Task task = load("[image]\nfile = \"image.fits\"\nzeropoint = 25.0\n" + kNoise +
                         "[[component]]\ntype = \"pointsource\"\nmag = { value = 20, max = 22.5 }\n");
  EXPECT_NEAR(task.scene.components[0].parameter(Role::kFlux).min, 10.0, 1e-12);
  EXPECT_EQ(task.scene.components[0].parameter(Role::kFlux).max, kInf);
}

TEST_F(TaskTest, SkyIsFlatAboutTheMiddleUnlessSaidOtherwise) {
  const Task task =
      load(kImage + kNoise + "[[component]]\ntype = \"sky\"\nlevel = 5\n" +
           "[[component]]\ntype = \"sky\"\ndx = 0.1\ndy = { value = 0.2, fixed = true }\nx = 1\ny = 2\n");
  const SceneComponent& flat = task.scene.components[0];
  EXPECT_TRUE(flat.parameter(Role::kLevel).free);
  EXPECT_EQ(flat.parameter(Role::kSlopeX).value, 0.0);
  EXPECT_FALSE(flat.parameter(Role::kSlopeX).free);
  EXPECT_EQ(flat.parameter(Role::kX).value, 3.5);  // between FITS columns 1 and 8
  EXPECT_EQ(flat.parameter(Role::kY).value, 2.5);
  EXPECT_FALSE(flat.parameter(Role::kX).free);
  const SceneComponent& tilted = task.scene.components[1];
  EXPECT_TRUE(std::isnan(tilted.parameter(Role::kLevel).value));
  EXPECT_EQ(tilted.parameter(Role::kSlopeX).value, 0.1);
  EXPECT_TRUE(tilted.parameter(Role::kSlopeX).free);
  EXPECT_EQ(tilted.parameter(Role::kSlopeY).value, 0.2);
  EXPECT_FALSE(tilted.parameter(Role::kSlopeY).free);
  EXPECT_EQ(tilted.parameter(Role::kX).value, 0.0);
  EXPECT_FALSE(tilted.parameter(Role::kY).free);
}

TEST_F(TaskTest, NamesAreGivenWhereMissing) {
  const Task task = load(kImage + kNoise + kGalaxy + kGalaxy + "name = \"sersic1\"\n" + kGalaxy +
                         "[[component]]\ntype = \"sky\"\n");
  std::vector<std::string> names;
  for (const SceneComponent& component : task.scene.components) names.push_back(component.name);
  EXPECT_THAT(names, testing::ElementsAre("sersic2", "sersic1", "sersic3", "sky1"));
}

TEST_F(TaskTest, FitOptions) {
  const Task defaults = load(kImage + kNoise + kGalaxy);
  EXPECT_EQ(defaults.options.max_iterations, gaxel::FitOptions().max_iterations);
  const Task task =
      load(kImage + kNoise +
           "[fit]\nrtol = 1e-4\natol = 1e-7\nmax_iterations = 7\nftol = 1e-6\nthreads = 2\n" + kGalaxy);
  EXPECT_EQ(task.options.tolerance.rtol, 1e-4);
  EXPECT_EQ(task.options.tolerance.atol, 1e-7);
  EXPECT_EQ(task.options.max_iterations, 7);
  EXPECT_EQ(task.options.ftol, 1e-6);
  EXPECT_EQ(task.options.threads, 2);
}

TEST_F(TaskTest, PsfWithItsCentre) {
  const Task task = load(kImage + kNoise + "[psf]\nfile = \"psf.fits\"\ncenter = [2.25, 2.0]\n" + kGalaxy);
  ASSERT_EQ(task.observation.psfs.size(), 1U);
  EXPECT_EQ(task.observation.psfs.front().x_center(), 1.25);
  EXPECT_EQ(task.observation.psfs.front().original_sum(), 8.0);
  EXPECT_EQ(task.observation.psfs.front().kernel()(1, 1), 0.5);
  folder.write("wide.fits", test::primary<float>({17, 3}, std::vector<float>(51, 1.0F)));
  EXPECT_THAT(load(kImage + kNoise + "[psf]\nfile = \"wide.fits\"\n" + kGalaxy).warnings,
              testing::Contains(HasSubstr(
                  "psf.file: the PSF (17 x 3 pixels of the data) is larger than the image (8 x 6)")));
  EXPECT_EQ(load(kImage + kNoise + "[psf]\nfile = \"wide.fits\"\noversample = 3\n" + kGalaxy)
                .observation.psfs.front()
                .oversample(),
            3);
}

TEST_F(TaskTest, BlankPixelsAreMaskedAndCounted) {
  std::vector<float> values = coordinates(kNx, kNy);
  values[3] = NAN;
  values[9] = INFINITY;
  write("image.fits", values);
  const Task task = load(kImage + kNoise + kGalaxy);
  EXPECT_EQ(task.observation.used[3], 0);
  EXPECT_EQ(task.observation.used[9], 0);
  EXPECT_EQ(task.observation.used[4], 1);
  EXPECT_THAT(task.notes, testing::Contains("image.file: 2 pixels masked (NaN or infinite)"));
}

TEST_F(TaskTest, OneFileOfManyExtensions) {
  std::vector<std::int16_t> flags(kNx * kNy, 0);
  flags[0] = 4;
  flags[1] = 8;
  folder.write("mef.fits",
               test::unit(test::card("SIMPLE", "T"), 8, {}, {}, "") +
                   test::extension<float>("SCI", {kNx, kNy}, coordinates(kNx, kNy)) +
                   test::extension<float>("ERR", {kNx, kNy}, std::vector<float>(kNx * kNy, 3.0F)) +
                   test::extension<std::int16_t>("DQ", {kNx, kNy}, flags));
  const Task task = load(
      "[image]\nfile = \"mef.fits[SCI]\"\n[noise]\nsigma = \"mef.fits[ERR]\"\n"
      "[mask]\nfile = \"mef.fits[DQ]\"\nbits = [2]\n" +
      kGalaxy);
  EXPECT_EQ(task.observation.data(5, 7), 86.0);
  EXPECT_THAT(task.observation.sigma.pixels(), testing::Each(3.0));
  EXPECT_EQ(task.observation.used[0], 0);
  EXPECT_EQ(task.observation.used[1], 1);
}

TEST_F(TaskTest, RenderingNeedsNoData) {
  const Task task = load(
      "[image]\nshape = [30, 20]\nzeropoint = 25\n" + kGalaxy + "[[component]]\ntype = \"sky\"\nlevel = 1\n",
      false);
  EXPECT_EQ(task.shape, (Shape{20, 30}));
  EXPECT_TRUE(task.observation.data.empty());
  EXPECT_EQ(task.scene.components[0].parameter(Role::kQ).value, 1.0);
  EXPECT_EQ(task.scene.components[0].parameter(Role::kX).value, 3.0);
  EXPECT_EQ(task.scene.components[1].parameter(Role::kX).value, 14.5);
  // The scene of a fit renders too: its image gives the size and the region.
  const Task same = load("[image]\nfile = \"image.fits[3:7,2:5]\"\n" + kNoise + kGalaxy, false);
  EXPECT_EQ(same.shape, (Shape{4, 5}));
  EXPECT_TRUE(same.observation.data.empty());
}

TEST_F(TaskTest, CentresOutsideTheRegionAreWarnedOf) {
  const Task task =
      load(kImage + kNoise + "[[component]]\ntype = \"pointsource\"\nx = 90\ny = 3\nflux = 1\n");
  EXPECT_THAT(task.warnings,
              testing::ElementsAre("pointsource1: its centre (90.00, 3.00) lies outside the region"));
}

TEST_F(TaskTest, SettingsReadBackTheSame) {
  const Task task = load(
      "title = \"x \\\"y\\\"\"\n[image]\nfile = \"image.fits[0]\"\nregion = [3, 7, 2, 5]\nzeropoint = "
      "26.269000000000002\n"
      "[noise]\nrms = \"sigma.fits\"\ngain = 4.725\n[mask]\nfile = \"./mask.fits\"\nbits = [0, 4]\n"
      "[psf]\nfile = \"psf.fits\"\n[fit]\nftol = 1e-7\n" +
          kGalaxy,
      false);
  EXPECT_THAT(task.settings_toml, HasSubstr(folder.path("image.fits").append("[0]'")));
  EXPECT_THAT(task.settings_toml, HasSubstr(folder.path("mask.fits").append("'")));
  EXPECT_THAT(task.settings_toml, testing::Not(HasSubstr("component")));
  EXPECT_THAT(task.settings_toml, HasSubstr("gain = 4.725\n"));
  EXPECT_THAT(task.settings_toml, HasSubstr("region = [3, 7, 2, 5]\n"));
  const test::TempFolder elsewhere;
  const Task again = load_task(elsewhere.write("result.toml", task.settings_toml + kGalaxy), false);
  EXPECT_EQ(again.title, "x \"y\"");
  EXPECT_EQ(again.photometry.zeropoint, 26.269000000000002);
  EXPECT_EQ(again.options.ftol, 1e-7);
  EXPECT_EQ(again.shape, task.shape);
  EXPECT_EQ(again.settings_toml, task.settings_toml);
}

}  // namespace
}  // namespace gaxel::io
