#include "gaxel/varying_psf.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "gaxel/error.hpp"

namespace gaxel {
namespace {

/// An image of sum 1 that differs from number to number.
Image pattern(int number) {
  Image image(Shape{5, 5});
  double sum = 0.0;
  for (std::size_t i = 0; i < image.size(); ++i) {
    image.data()[i] = 1.0 + std::sin(0.7 * static_cast<double>(i) + number) * 0.5;
    sum += image.data()[i];
  }
  for (double& value : image.pixels()) value /= sum;
  return image;
}

void expect_mixture(const Psf& psf, const std::vector<std::pair<double, Image>>& parts) {
  for (std::size_t i = 0; i < psf.kernel().size(); ++i) {
    double expected = 0.0;
    for (const auto& [weight, image] : parts) expected += weight * image.data()[i];
    EXPECT_NEAR(psf.kernel().data()[i], expected, 1e-16) << "pixel " << i;
  }
}

std::string key_of(const std::vector<PsfAtPosition>& grid) {
  try {
    const VaryingPsf psf(grid, {});
  } catch (const InputError& error) {
    return error.problem().key;
  }
  return "";
}

TEST(VaryingPsf, InterpolatesBetweenThePositionsOfAGridGivenInAnyOrder) {
  const VaryingPsf psf(
      {{pattern(3), 30.0, 5.0}, {pattern(0), 10.0, 0.0}, {pattern(2), 10.0, 5.0}, {pattern(1), 30.0, 0.0}},
      {});
  expect_mixture(psf.at(10.0, 0.0), {{1.0, pattern(0)}});
  expect_mixture(psf.at(30.0, 5.0), {{1.0, pattern(3)}});
  expect_mixture(psf.at(15.0, 4.0),  // a quarter of the way in x, four fifths in y
                 {{0.15, pattern(0)}, {0.05, pattern(1)}, {0.6, pattern(2)}, {0.2, pattern(3)}});
}

TEST(VaryingPsf, StaysWhatItIsAtTheBorderOutsideTheGrid) {
  const VaryingPsf psf({{pattern(0), 10.0, 0.0}, {pattern(1), 30.0, 0.0}}, {});
  expect_mixture(psf.at(-500.0, 70.0), {{1.0, pattern(0)}});
  expect_mixture(psf.at(31.0, -7.0), {{1.0, pattern(1)}});
  expect_mixture(psf.at(20.0, 1e9), {{0.5, pattern(0)}, {0.5, pattern(1)}});
}

TEST(VaryingPsf, NormalisesEveryImageBeforeTheyAreMixed) {
  Image bright = pattern(1);
  for (double& value : bright.pixels()) value *= 1000.0;
  const VaryingPsf psf({{pattern(0), 0.0, 0.0}, {bright, 1.0, 0.0}}, {});
  expect_mixture(psf.at(0.5, 0.0), {{0.5, pattern(0)}, {0.5, pattern(1)}});
}

TEST(VaryingPsf, APolynomialIsTheSumOfItsTerms) {
  const PsfPolynomial polynomial{
      100.0, 50.0, 20.0, 10.0, {{0, 0, pattern(0)}, {2, 1, pattern(1)}, {0, 3, pattern(2)}}};
  const VaryingPsf psf(polynomial, {});
  const double x = (130.0 - 100.0) / 50.0;
  const double y = (26.0 - 20.0) / 10.0;
  const double sum = 1.0 + x * x * y + y * y * y;  // each pattern's sum is 1
  expect_mixture(psf.at(130.0, 26.0),
                 {{1.0 / sum, pattern(0)}, {x * x * y / sum, pattern(1)}, {y * y * y / sum, pattern(2)}});
}

TEST(VaryingPsf, APolynomialWithoutLightIsAnErrorThatNamesThePosition) {
  const VaryingPsf psf(PsfPolynomial{0.0, 1.0, 0.0, 1.0, {{0, 0, pattern(0)}, {1, 0, pattern(0)}}}, {});
  EXPECT_NO_THROW(psf.at(0.5, 0.0));
  try {
    psf.at(-3.0, 4.0);
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("(-3, 4)"), std::string::npos) << error.what();
  }
}

TEST(VaryingPsf, RefusesPositionsThatFormNoGrid) {
  EXPECT_EQ(key_of({}), "positions");
  EXPECT_EQ(key_of({{pattern(0), 0.0, 0.0}, {pattern(0), 1.0, 1.0}}), "positions");
  EXPECT_EQ(key_of({{pattern(0), 0.0, 0.0}, {pattern(0), 0.0, 0.0}}), "positions");
  EXPECT_EQ(
      key_of(
          {{pattern(0), 0.0, 0.0}, {pattern(0), 1.0, 1.0}, {pattern(0), 0.0, 0.0}, {pattern(0), 0.0, 1.0}}),
      "positions");
  EXPECT_EQ(key_of({{pattern(0), std::nan(""), 0.0}}), "positions");
}

TEST(VaryingPsf, RefusesImagesOfDifferentSizesAndWhatIsNoPolynomial) {
  EXPECT_EQ(key_of({{pattern(0), 0.0, 0.0}, {Image(Shape{3, 3}, 1.0), 1.0, 0.0}}), "psf");
  EXPECT_THROW(VaryingPsf(PsfPolynomial{}, {}), InputError);
  EXPECT_THROW(VaryingPsf(PsfPolynomial{0.0, 0.0, 0.0, 1.0, {{0, 0, pattern(0)}}}, {}), InputError);
  EXPECT_THROW(VaryingPsf(PsfPolynomial{0.0, 1.0, 0.0, 1.0, {{-1, 0, pattern(0)}}}, {}), InputError);
  Image bad = pattern(0);
  bad(1, 1) = std::nan("");
  EXPECT_THROW(VaryingPsf(PsfPolynomial{0.0, 1.0, 0.0, 1.0, {{0, 0, bad}}}, {}), InputError);
}

}  // namespace
}  // namespace gaxel
