// [psf] and [[psf]] of scenes: kinds, sums, which component is seen through which, and what is refused.
#include "io/psf_input.hpp"

#include <gmock/gmock.h>

#include "io/result_toml.hpp"
#include "io/task_fixture.hpp"

namespace gaxel::io {
namespace {

using test::kGalaxy;
using test::kImage;
using test::kNoise;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class PsfInput : public test::TaskTest {
 protected:
  Task with_psf(const std::string& psf, const std::string& of_component = "") const {
    return load(kImage + kNoise + psf + kGalaxy + of_component);
  }
  std::string refused(const std::string& psf, const std::string& of_component = "") const {
    return problem(kImage + kNoise + psf + kGalaxy + of_component);
  }
};

// The image of a star through the first PSF tells all of it.
Image star(const Task& task) {
  Image image(task.shape);
  const Component point{&component_kind("pointsource"), {4.2, 2.9, 1.0}};
  MultiPsfRenderer(task.shape, task.observation.psfs).render({&point, 1}, image.view());
  return image;
}

Image star(const Psf& psf, Shape shape) {
  Image image(shape);
  const Component point{&component_kind("pointsource"), {4.2, 2.9, 1.0}};
  Renderer(shape, psf).render({&point, 1}, image.view());
  return image;
}

void expect_equal(const Image& image, const Image& expected) {
  for (std::size_t i = 0; i < image.size(); ++i) {
    EXPECT_NEAR(image.pixels()[i], expected.pixels()[i], 1e-14);
  }
}

TEST_F(PsfInput, AnalyticPsfsWithTheirAngles) {
  constexpr double kQuarterTurn = 1.5707963267948966;
  Task task = with_psf("[psf]\ntype = \"gaussian\"\nfwhm = 2.5\nq = 0.5\npa = 30\n");
  expect_equal(star(task), star(Psf::gaussian({2.5, 0.5, 4.0 / 3.0 * kQuarterTurn}), task.shape));
  task = with_psf("[psf]\ntype = \"moffat\"\nfwhm = 2\nbeta = 3.5\n");
  expect_equal(star(task), star(Psf::moffat({2.0}, 3.5), task.shape));
}

TEST_F(PsfInput, TablesOfOneNameAreAdded) {
  const Task task = with_psf(
      "[[psf]]\ntype = \"gaussian\"\nfwhm = 2.0\nweight = 3\n"
      "[[psf]]\ntype = \"gaussian\"\nfwhm = 4.0\n");
  ASSERT_EQ(task.observation.psfs.size(), 1U);
  const Psf sum = Psf::sum({{Psf::gaussian({2.0}), 3.0}, {Psf::gaussian({4.0}), 1.0}});
  expect_equal(star(task), star(sum, task.shape));
}

TEST_F(PsfInput, ImagesHoldThePixelThatIsStated) {
  for (const auto& [text, pixel] :
       {std::pair{"own", PixelInPsf::kOwn}, {"data", PixelInPsf::kData}, {"none", PixelInPsf::kNone}}) {
    const Task task = with_psf("[psf]\nfile = \"psf.fits\"\noversample = 1.5\npixel_in_psf = \"" +
                               std::string(text) + "\"\n");
    EXPECT_EQ(task.observation.psfs.front().pixel_in_psf(), pixel);
    EXPECT_EQ(task.observation.psfs.front().oversample(), 1.5);
  }
}

TEST_F(PsfInput, DiffusionIsASquareOfNumbers) {
  const Task task =
      with_psf("[psf]\ntype = \"gaussian\"\nfwhm = 2\ndiffusion = [0, 1, 0, 1, 4, 2, 0, 1, 0]\n");
  Image kernel(Shape{3, 3});
  const double values[] = {0, 1, 0, 1, 4, 2, 0, 1, 0};
  std::copy(std::begin(values), std::end(values), kernel.data());
  expect_equal(star(task), star(Psf::gaussian({2.0}).diffused(kernel), task.shape));
}

TEST_F(PsfInput, ComponentsNameTheirs) {
  const std::string psfs =
      "[[psf]]\nname = \"a\"\ntype = \"gaussian\"\nfwhm = 2\n[[psf]]\nname = \"b\"\nfile = \"psf.fits\"\n";
  EXPECT_EQ(with_psf(psfs).scene.components[0].psf, 0);
  EXPECT_EQ(with_psf(psfs, "psf = \"a\"\n").scene.components[0].psf, 0);
  EXPECT_EQ(with_psf(psfs, "psf = \"b\"\n").scene.components[0].psf, 1);
  EXPECT_EQ(with_psf(psfs, "psf = false\n").scene.components[0].psf, kNoPsf);
  const Task task = with_psf(psfs, "psf = \"b\"\n");
  EXPECT_THAT(task.psf_names, ElementsAre("a", "b"));
  EXPECT_THAT(task.input_files, testing::Contains(HasSubstr("psf.fits")));
  // Where the fit ended is a scene that says the same.
  FitResult result;
  result.scene = task.scene;
  for (const Role role : {Role::kQ, Role::kTheta}) result.scene.components[0].parameter(role).value = 0.5;
  const Task again = load(result_toml(task, result));
  EXPECT_EQ(again.scene.components[0].psf, 1);
  EXPECT_EQ(again.psf_names, task.psf_names);
}

TEST_F(PsfInput, WhatIsWrongIsSaidWithTheKey) {
  EXPECT_THAT(refused("[psf]\ntype = \"airy\"\n"), AllOf(HasSubstr("psf.type"), HasSubstr("\"moffat\"")));
  EXPECT_THAT(refused("[psf]\ntype = \"gaussian\"\n"), HasSubstr("psf.fwhm: missing"));
  EXPECT_THAT(refused("[psf]\ntype = \"gaussian\"\nfwhm = -1\n"),
              AllOf(HasSubstr("fwhm = -1"), HasSubstr("0.1 to 1000")));
  EXPECT_THAT(refused("[psf]\ntype = \"moffat\"\nfwhm = 2\nbeta = 1\n"), HasSubstr("1.1 to 20"));
  EXPECT_THAT(refused("[psf]\nfile = \"psf.fits\"\nfwhm = 2\n"), HasSubstr("psf.fwhm"));
  EXPECT_THAT(refused("[psf]\nfile = \"psf.fits\"\npixel_in_psf = \"yes\"\n"),
              AllOf(HasSubstr("psf.pixel_in_psf"), HasSubstr("\"own\"")));
  EXPECT_THAT(refused("[psf]\nfile = \"psf.fits\"\ndiffusion = [1, 2, 3]\n"),
              AllOf(HasSubstr("psf.diffusion"), HasSubstr("9, 25")));
  EXPECT_THAT(refused("[psf]\nfile = \"psf.fits\"\ndiffusion = [1, 2, 3, 4]\n"), HasSubstr("odd number"));
  EXPECT_THAT(refused("[[psf]]\nfile = \"psf.fits\"\nweight = 0\n"), HasSubstr("weight = 0"));
  EXPECT_THAT(refused("[[psf]]\nfile = \"psf.fits\"\nweight = -1\n"), HasSubstr("(a number above 0)"));
  EXPECT_THAT(refused("[psf]\nfile = \"psf.fits\"\n", "psf = \"other\"\n"),
              AllOf(HasSubstr("there is no PSF of that name"), HasSubstr("false, \"psf\"")));
  EXPECT_THAT(refused("", "psf = \"psf\"\n"), HasSubstr("the scene has no PSF"));
  EXPECT_THAT(refused("[psf]\nfile = \"psf.fits\"\n", "psf = true\n"), HasSubstr("not the name of a PSF"));
}

// Headers that tell the size of a pixel, in degrees.
std::vector<std::string> scale_cards(double degrees) {
  using test::card;
  const std::string step = std::to_string(degrees);
  return {card("CTYPE1", "'RA---TAN'"), card("CTYPE2", "'DEC--TAN'"), card("CRVAL1", "10.0"),
          card("CRVAL2", "20.0"),       card("CRPIX1", "1.0"),        card("CRPIX2", "1.0"),
          card("CDELT1", "-" + step),   card("CDELT2", step)};
}

TEST_F(PsfInput, OversamplingAgreesWithTheHeaders) {
  write("image.fits", coordinates(kNx, kNy), scale_cards(0.003));
  folder.write("psf.fits", test::primary<float>({3, 3}, {0, 1, 0, 1, 4, 1, 0, 1, 0}, scale_cards(0.001)));
  EXPECT_EQ(with_psf("[psf]\nfile = \"psf.fits\"\noversample = 3\n").observation.psfs.size(), 1U);
  EXPECT_THAT(refused("[psf]\nfile = \"psf.fits\"\noversample = 2\n"),
              AllOf(HasSubstr("psf.oversample = 2"), HasSubstr("3.6"), HasSubstr("10.8"),
                    HasSubstr("oversample = 3")));
  EXPECT_THAT(refused("[psf]\nfile = \"psf.fits\"\n"), HasSubstr("psf.file"));
}

}  // namespace
}  // namespace gaxel::io
