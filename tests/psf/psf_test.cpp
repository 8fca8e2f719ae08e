// Reading a PSF's image: normalisation, centre, what is refused, what is said.
#include "gaxel/psf.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "gaxel/error.hpp"
#include "psf/psf_checks.hpp"

namespace gaxel {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Image gaussian(Shape shape, double x, double y, double sigma, double pedestal = 0.0) {
  Image image(shape);
  for (int row = 0; row < shape.ny; ++row) {
    for (int col = 0; col < shape.nx; ++col) {
      const double r2 = (col - x) * (col - x) + (row - y) * (row - y);
      image(row, col) = std::exp(-0.5 * r2 / (sigma * sigma)) + pedestal;
    }
  }
  return image;
}

InputProblem problem_of(const Image& kernel, const PsfOptions& options = {}) {
  try {
    const Psf psf(kernel, options);
  } catch (const InputError& error) {
    return error.problem();
  }
  ADD_FAILURE() << "accepted";
  return {};
}

TEST(Psf, IsNormalised) {
  Image kernel({2, 3}, 1.0);
  kernel(1, 2) = -2.0;
  const Psf psf(kernel);
  EXPECT_DOUBLE_EQ(psf.original_sum(), 3.0);
  EXPECT_DOUBLE_EQ(psf.kernel()(0, 0), 1.0 / 3.0);
  EXPECT_DOUBLE_EQ(psf.kernel()(1, 2), -2.0 / 3.0);
}

TEST(Psf, DefaultCentre) {
  const Psf odd(gaussian({7, 9}, 4.0, 3.0, 1.0));
  EXPECT_EQ(odd.x_center(), 4.0);
  EXPECT_EQ(odd.y_center(), 3.0);
  const Psf even(gaussian({8, 10}, 5.0, 4.0, 1.0));
  EXPECT_EQ(even.x_center(), 5.0);
  EXPECT_EQ(even.y_center(), 4.0);
  const Psf given(gaussian({8, 10}, 4.5, 3.5, 1.0), {.oversample = 3, .x_center = 4.5, .y_center = 3.5});
  EXPECT_EQ(given.x_center(), 4.5);
  EXPECT_EQ(given.y_center(), 3.5);
  EXPECT_EQ(given.oversample(), 3);
}

TEST(Psf, RefusesWhatIsNoPsf) {
  EXPECT_THAT(problem_of(Image()).what, HasSubstr("no pixels"));
  EXPECT_THAT(problem_of(Image({3, 3})).what, HasSubstr("zero everywhere"));
  Image negative({3, 3}, -1.0);
  EXPECT_THAT(problem_of(negative).what, HasSubstr("not positive"));
  EXPECT_THAT(problem_of(negative).value, HasSubstr("-9"));
  Image cancelling({1, 2}, 1.0);
  cancelling(0, 1) = -1.0;
  EXPECT_THAT(problem_of(cancelling).what, HasSubstr("not positive"));
  for (double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    Image kernel({4, 5}, 1.0);
    kernel(2, 3) = bad;
    kernel(3, 3) = bad;
    const InputProblem problem = problem_of(kernel);
    EXPECT_THAT(problem.what, HasSubstr("2 of 20 pixels are not finite"));
    EXPECT_THAT(problem.value, HasSubstr("column 3, row 2"));
  }
}

TEST(Psf, RefusesImpossibleOptions) {
  const Image kernel({5, 4}, 1.0);
  EXPECT_EQ(problem_of(kernel, {.oversample = 0}).key, "oversample");
  EXPECT_EQ(problem_of(kernel, {.x_center = 3.6}).key, "x_center");
  EXPECT_EQ(problem_of(kernel, {.y_center = -0.6}).key, "y_center");
  EXPECT_EQ(problem_of(kernel, {.y_center = std::nan("")}).key, "y_center");
}

TEST(Psf, GoodPsfsPassWithoutWarnings) {
  EXPECT_THAT(Psf(gaussian({21, 21}, 10.0, 10.0, 2.0)).warnings(), IsEmpty());
  EXPECT_THAT(Psf(gaussian({21, 21}, 10.3, 9.7, 2.0)).warnings(), IsEmpty());  // half a pixel is allowed
  EXPECT_THAT(Psf(gaussian({64, 64}, 32.0, 32.0, 4.0), {.oversample = 4}).warnings(), IsEmpty());
  EXPECT_THAT(Psf(gaussian({20, 20}, 9.5, 9.5, 2.0), {.x_center = 9.5, .y_center = 9.5}).warnings(),
              IsEmpty());
  EXPECT_THAT(Psf(Image({1, 1}, 1.0)).warnings(), IsEmpty());
  Image point({5, 5});
  point(2, 2) = 1.0;
  EXPECT_THAT(Psf(point).warnings(), IsEmpty());
}

TEST(Psf, OffCentreIsSaidWithFigures) {
  EXPECT_THAT(
      Psf(gaussian({21, 23}, 11.0, 10.8, 2.0)).warnings(),
      ElementsAre(AllOf(HasSubstr("(11.00, 10.80)"), HasSubstr("0.80 data pixels"), HasSubstr("(11, 10)"))));
  // Centred between the pixels of an even size, where the default centre is the pixel N/2.
  EXPECT_THAT(Psf(gaussian({20, 20}, 9.5, 9.5, 2.0)).warnings(), ElementsAre(HasSubstr("0.71 data pixels")));
  // The same distance in PSF pixels is little in data pixels.
  EXPECT_THAT(Psf(gaussian({20, 20}, 9.5, 9.5, 2.0), {.oversample = 2}).warnings(), IsEmpty());
}

TEST(Psf, PedestalIsSaidWithFigures) {
  EXPECT_THAT(Psf(gaussian({31, 31}, 15.0, 15.0, 2.0, 0.002)).warnings(),
              ElementsAre(AllOf(HasSubstr("0.002 of its peak"), HasSubstr("7.1 percent"))));
  EXPECT_THAT(Psf(gaussian({31, 31}, 15.0, 15.0, 2.0, -0.002)).warnings(),
              ElementsAre(HasSubstr("-0.002 of its peak")));
  EXPECT_THAT(Psf(gaussian({9, 9}, 4.0, 4.0, 3.0)).warnings(), ElementsAre(HasSubstr("larger PSF")));
}

TEST(Psf, UndersamplingIsSaidWithFigures) {
  // Along x and y a Gaussian has exp(-(pi sigma)^2 / 2) at the Nyquist frequency, and what is folded onto it.
  EXPECT_THAT(Psf(gaussian({21, 21}, 10.0, 10.0, 0.6)).warnings(),
              ElementsAre(AllOf(HasSubstr("undersampled"), HasSubstr("34 percent"))));
  EXPECT_THAT(Psf(gaussian({21, 21}, 10.0, 10.0, 0.85)).warnings(), IsEmpty());
}

TEST(Psf, NegativeLightIsSaidWithFigures) {
  Image kernel = gaussian({21, 21}, 10.0, 10.0, 2.0);
  double sum = 0.0;
  for (const double value : kernel.pixels()) sum += value;
  kernel(10, 3) -= 0.02 * sum;
  EXPECT_THAT(Psf(kernel).warnings(), ElementsAre(HasSubstr("negative pixels hold 2.0 percent")));
}

TEST(Psf, LargerThanTheImageIsSaid) {
  const Psf psf(Image({20, 30}, 1.0), {.oversample = 2});
  EXPECT_EQ(psf.size_warning({10, 15}), "");
  EXPECT_THAT(psf.size_warning({9, 15}),
              HasSubstr("(15 x 10 pixels of the data) is larger than the image (15 x 9)"));
  EXPECT_NE(psf.size_warning({10, 14}), "");
}

TEST(PsfChecks, CentroidIgnoresWingsAndBackground) {
  for (double sigma : {0.8, 2.0, 5.0}) {
    Image kernel = gaussian({61, 63}, 30.4, 29.3, sigma, 0.01);
    kernel(2, 60) += 0.4;  // a neighbour in the corner
    const Centroid centroid = peak_centroid(kernel.view());
    EXPECT_NEAR(centroid.x, 30.4, 0.02) << sigma;
    EXPECT_NEAR(centroid.y, 29.3, 0.02) << sigma;
  }
}

TEST(PsfChecks, BorderMedian) {
  Image kernel({3, 4}, 7.0);
  kernel(1, 1) = kernel(1, 2) = 100.0;
  kernel(0, 0) = -50.0;
  EXPECT_EQ(border_median(kernel.view()), 7.0);
}

}  // namespace
}  // namespace gaxel
