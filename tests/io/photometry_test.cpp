#include "io/photometry.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "io/convention.hpp"
#include "io/task_fixture.hpp"

namespace gaxel::io {
namespace {

using test::card;
using test::kGalaxy;
using test::kNoise;
using testing::HasSubstr;

TEST(Zeropoint, OfMegajanskyPerSteradian) {
  // One MJy/sr over 2.29e-14 sr (0.0312 arcsec pixels of JWST NIRCam) is 2.29e-8 Jy: 28.0 AB mag within the
  // constant's rounding.
  EXPECT_NEAR(zeropoint_of_mjy_per_sr(2.29e-14), -2.5 * std::log10(2.29e-8 / 3631.0), 1e-12);
  EXPECT_NEAR(zeropoint_of_mjy_per_sr(2.29e-14), -6.10 - 2.5 * std::log10(2.29e-14), 1e-3);
}

class PhotometryTest : public test::TaskTest {
 protected:
  Task with(const std::vector<std::string>& cards, const std::string& keys) {
    write("image.fits", coordinates(kNx, kNy), cards);
    return load("[image]\nfile = \"image.fits\"\n" + keys + kNoise + kGalaxy);
  }
};

TEST_F(PhotometryTest, ZeropointFromTheHeadersUnit) {
  const Task task = with({card("BUNIT", "'MJy/sr  '"), card("PIXAR_SR", "2.29E-14")}, "");
  EXPECT_EQ(task.photometry.zeropoint, zeropoint_of_mjy_per_sr(2.29e-14));
  EXPECT_THAT(task.notes, testing::ElementsAre(HasSubstr("from BUNIT = MJy/sr and PIXAR_SR = 2.29e-14")));
  EXPECT_EQ(with({card("BUNIT", "'MJy/sr'"), card("PIXAR_SR", "2.29E-14")}, "zeropoint = 25\n")
                .photometry.zeropoint,
            25.0);
}

TEST_F(PhotometryTest, NoZeropointFromOtherHeaders) {
  EXPECT_FALSE(with({card("BUNIT", "'mJy/sr'"), card("PIXAR_SR", "2.29E-14")}, "").photometry.zeropoint);
  EXPECT_FALSE(with({card("BUNIT", "'MJy/sr'")}, "").photometry.zeropoint);
  EXPECT_FALSE(with({card("BUNIT", "'MJy/sr'"), card("PIXAR_SR", "0.0")}, "").photometry.zeropoint);
  EXPECT_FALSE(with({card("PIXAR_SR", "2.29E-14")}, "").photometry.zeropoint);
}

TEST_F(PhotometryTest, ExposureTimeDoesNotGoWithMegajansky) {
  write("image.fits", coordinates(kNx, kNy), {card("BUNIT", "'MJy/sr'"), card("PIXAR_SR", "2.29E-14")});
  EXPECT_THAT(problem("[image]\nfile = \"image.fits\"\nexptime = 2\n" + kNoise + kGalaxy),
              HasSubstr("image.exptime = 2: the image is in MJy/sr"));
}

TEST_F(PhotometryTest, ExposureTimeOfTheHeaderIsToldOfAndNotUsed) {
  const Task task = with({card("EXPTIME", "53.9")}, "zeropoint = 25\n");
  EXPECT_EQ(task.photometry.exptime, 1.0);
  EXPECT_THAT(task.notes, testing::ElementsAre(HasSubstr("the header's EXPTIME is 53.9")));
  // Who gives one has thought of it, also where it is another one.
  for (const std::string given : {"53.9", "1", "2.5"}) {
    EXPECT_THAT(with({card("EXPTIME", "53.9")}, "zeropoint = 25\nexptime = " + given + "\n").notes,
                testing::IsEmpty());
  }
}

TEST_F(PhotometryTest, HeaderOfThePrimaryUnitCountsToo) {
  folder.write("image.fits", test::unit(card("SIMPLE", "T"), 8, {}, {card("EXPTIME", "7.0")}, "") +
                                 test::extension<float>("SCI", {kNx, kNy}, coordinates(kNx, kNy)));
  const Task task = load("[image]\nfile = \"image.fits[SCI]\"\nzeropoint = 25\n" + kNoise + kGalaxy);
  EXPECT_THAT(task.notes, testing::ElementsAre(HasSubstr("EXPTIME is 7")));
  EXPECT_THAT(load("[image]\nfile = \"image.fits\"\n" + kNoise + kGalaxy).notes,
              testing::ElementsAre("image.file: no extension given; the first image is taken, [1] SCI"));
}

TEST(Convention, FilesAndInnerValuesAreInverse) {
  const FileFrame frame{{3, 2}, {25.0, 100.0}};
  for (const ComponentKind& kind : component_kinds()) {
    for (const ParameterSpec& spec : kind.parameters) {
      for (const bool magnitude : {false, true}) {
        const double file = to_file(spec.role, magnitude, 1.25, frame);
        EXPECT_NEAR(to_inner(spec.role, magnitude, file, frame), 1.25, 1e-14) << spec.name;
        EXPECT_FALSE(file_key(spec, magnitude).empty());
      }
    }
  }
}

TEST(Convention, FilesCountFromOneAndTurnFromNorth) {
  const FileFrame frame{{3, 2}, {25.0, 100.0}};
  EXPECT_EQ(to_file(Role::kX, false, 0.0, frame), 3.0);
  EXPECT_EQ(to_file(Role::kY, false, 0.5, frame), 2.5);
  EXPECT_EQ(to_file(Role::kTheta, false, 0.0, frame), -90.0);  // along the rows
  EXPECT_NEAR(to_file(Role::kFlux, true, 1e4, frame), 20.0, 1e-13);
  const ComponentKind& sersic = component_kind("sersic");
  const ParameterSpec& theta = sersic.parameters[static_cast<std::size_t>(sersic.index_of(Role::kTheta))];
  EXPECT_EQ(file_key(theta, false), "pa");
  EXPECT_EQ(file_unit(theta, false), "deg");
}

// An image that is not turned has the position angle 0, that of its +y axis.
TEST(Convention, TheRotationOfAnImageStartsAtZero) {
  const FileFrame frame{{3, 2}, {25.0, 100.0}};
  EXPECT_EQ(to_file(Role::kRotation, false, 0.0, frame), 0.0);
  EXPECT_NEAR(to_file(Role::kRotation, false, 0.5 * std::numbers::pi, frame), 90.0, 1e-13);
  const ComponentKind& image = component_kind("image");
  const ParameterSpec& theta = image.parameters[static_cast<std::size_t>(image.index_of(Role::kRotation))];
  EXPECT_EQ(file_key(theta, false), "pa");
  EXPECT_EQ(file_unit(theta, false), "deg");
}

TEST(Convention, ErrorsScaleAsTheDerivative) {
  const FileFrame frame{{3, 2}, {25.0, 100.0}};
  const double step = 1e-5;
  for (const Role role : {Role::kX, Role::kFlux, Role::kTheta, Role::kRotation, Role::kRe}) {
    for (const double at : {0.7, 2.5}) {
      const double slope =
          (to_file(role, true, at + step, frame) - to_file(role, true, at - step, frame)) / (2.0 * step);
      EXPECT_NEAR(file_error_scale(role, true, at), std::abs(slope), 1e-8 * std::abs(slope));
    }
  }
}

}  // namespace
}  // namespace gaxel::io
