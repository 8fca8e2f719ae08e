// Analytic PSFs and what is made of PSFs, against integrals over pixels and sums written out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>

#include "gaxel/error.hpp"
#include "psf/convolver_support.hpp"

namespace gaxel {
namespace {

using test::gaussian_in_square;
using test::largest_difference;
using test::point_source;
using test::random_image;

// 10-point Gauss-Legendre nodes and weights on [-1/2, 1/2] (Abramowitz & Stegun 25.4.30), in 4 x 4 parts of a
// pixel.
double pixel_integral(const std::function<double(double, double)>& f, double x, double y) {
  constexpr std::array<double, 5> kNodes{0.1488743389816312, 0.4333953941292472, 0.6794095682990244,
                                         0.8650633666889845, 0.9739065285171717};
  constexpr std::array<double, 5> kWeights{0.2955242247147529, 0.2692667193099963, 0.2190863625159820,
                                           0.1494513491505806, 0.0666713443086881};
  constexpr int kParts = 4;
  const auto along = [&](const std::function<double(double)>& g) {
    double sum = 0.0;
    for (int part = 0; part < kParts; ++part) {
      const double middle = (part + 0.5) / kParts - 0.5;
      for (std::size_t i = 0; i < 5; ++i) {
        const double d = 0.5 * kNodes[i] / kParts;
        sum += 0.5 / kParts * kWeights[i] * (g(middle - d) + g(middle + d));
      }
    }
    return sum;
  };
  return along([&](double dy) { return along([&](double dx) { return f(x + dx, y + dy); }); });
}

std::function<double(double, double)> elliptical(const PsfShape& shape,
                                                 const std::function<double(double)>& of_radius) {
  return [=](double x, double y) {
    const double u = x * std::cos(shape.theta) + y * std::sin(shape.theta);
    const double v = (y * std::cos(shape.theta) - x * std::sin(shape.theta)) / shape.q;
    return of_radius(std::hypot(u, v)) / shape.q;
  };
}

void expect_pixels(const Psf& psf, const std::function<double(double, double)>& f, double within) {
  const Convolver convolver(psf, {24, 21});
  for (const auto& [x, y] : {std::pair{10.0, 12.0}, {10.5, 11.5}, {3.27, 20.81}, {-2.1, 5.0}}) {
    const Image image = point_source(convolver, x, y, {.value = 1.0});
    for (int row = 0; row < 24; row += 2) {
      for (int col = 0; col < 21; ++col) {
        EXPECT_NEAR(image(row, col), pixel_integral(f, col - x, row - y), within)
            << psf.description() << " at " << x << " " << y << ", pixel " << row << " " << col;
      }
    }
  }
}

TEST(AnalyticPsf, GaussianPixels) {
  for (const PsfShape& shape :
       {PsfShape{3.5}, PsfShape{1.2}, PsfShape{4.0, 0.5, 0.7}, PsfShape{2.0, 0.8, -2.0}}) {
    const double sigma = shape.fwhm / (2.0 * std::sqrt(2.0 * std::numbers::ln2));
    expect_pixels(Psf::gaussian(shape),
                  elliptical(shape,
                             [=](double r) {
                               return std::exp(-0.5 * r * r / (sigma * sigma)) /
                                      (2.0 * std::numbers::pi * sigma * sigma);
                             }),
                  2e-11);
  }
}

TEST(AnalyticPsf, MoffatPixels) {
  for (const auto& [shape, beta] : {std::pair{PsfShape{3.5}, 2.5},
                                    {PsfShape{1.5}, 4.765},
                                    {PsfShape{4.0, 0.6, 0.7}, 3.0},
                                    {PsfShape{3.0, 0.9, 1.2}, 20.0},
                                    {PsfShape{2.5}, 2.0}}) {
    const double a = 0.5 * shape.fwhm / std::sqrt(std::pow(2.0, 1.0 / beta) - 1.0);
    const Psf psf = Psf::moffat(shape, beta);
    const double outside = Convolver(psf, {24, 21}).outside();
    EXPECT_LE(outside, 2.5e-10);
    // What comes round adds to the pixels, at most what lies outside from each of the nearest periods.
    expect_pixels(psf,
                  elliptical(shape,
                             [=, beta = beta](double r) {
                               return (beta - 1.0) / (std::numbers::pi * a * a) *
                                      std::pow(1.0 + r * r / (a * a), -beta);
                             }),
                  6.0 * outside + 1e-11);
  }
}

// How much of the wings is taken along is stated, and kept to.
TEST(AnalyticPsf, FarWingsAreBounded) {
  const Psf psf = Psf::moffat({3.0}, 1.5);
  const Convolver near(psf, {16, 16}, {.negligible_light = 1e-5});
  const Convolver far(psf, {16, 16}, {.negligible_light = 1e-7});
  EXPECT_LT(near.model_grid().shape.nx, far.model_grid().shape.nx);
  EXPECT_LE(near.outside(), 1e-5);
  EXPECT_LE(far.outside(), 1e-7);
  const double difference = largest_difference(point_source(near, 8.0, 8.0, {.value = 1.0}),
                                               point_source(far, 8.0, 8.0, {.value = 1.0}));
  EXPECT_GT(difference, 1e-7);
  EXPECT_LT(difference, 8.0 * near.outside());
}

TEST(AnalyticPsf, SumIsTheSumOfItsParts) {
  const Psf image(random_image({9, 8}, 3), {.oversample = 1.5, .pixel_in_psf = PixelInPsf::kData});
  const Psf wings = Psf::moffat({3.0}, 2.5);
  const Psf core = Psf::gaussian({2.0, 0.7, 0.4});
  const Psf sum = Psf::sum({{image, 3.0}, {wings, 1.0}, {core, 4.0}});
  const ConvolverOptions options{.reach = sum.model().support(2.5e-10).reach};
  const Convolver all(sum, {20, 22}, options);
  const auto part = [&](const Psf& psf) {
    return point_source(Convolver(psf, {20, 22}, options), 9.3, 8.4, {.value = 1.0});
  };
  const Image of_image = part(image);
  const Image of_wings = part(wings);
  const Image of_core = part(core);
  const Image of_sum = point_source(all, 9.3, 8.4, {.value = 1.0});
  for (std::size_t i = 0; i < of_sum.size(); ++i) {
    EXPECT_NEAR(of_sum.pixels()[i],
                (3.0 * of_image.pixels()[i] + of_wings.pixels()[i] + 4.0 * of_core.pixels()[i]) / 8.0, 1e-12);
  }
}

TEST(AnalyticPsf, DiffusionIsADirectSum) {
  Image kernel = random_image({3, 5}, 4, -0.1);
  double sum = 0.0;
  for (const double value : kernel.pixels()) sum += value;
  for (const Psf& psf : {Psf::gaussian({2.0}), Psf(random_image({7, 7}, 5), {.oversample = 2.0})}) {
    const Psf diffused = psf.diffused(kernel);
    const ConvolverOptions options{.reach = diffused.model().support(1e-12).reach, .negligible_light = 1e-12};
    const Image plain = point_source(Convolver(psf, {20, 22}, options), 10.3, 9.4, {.value = 1.0});
    const Image image = point_source(Convolver(diffused, {20, 22}, options), 10.3, 9.4, {.value = 1.0});
    for (int row = 1; row < 19; ++row) {
      for (int col = 2; col < 20; ++col) {
        double expected = 0.0;
        for (int b = -1; b <= 1; ++b) {
          for (int a = -2; a <= 2; ++a) expected += kernel(b + 1, a + 2) / sum * plain(row - b, col - a);
        }
        EXPECT_NEAR(image(row, col), expected, 1e-12);
      }
    }
  }
}

InputProblem problem_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const InputError& error) {
    return error.problem();
  }
  ADD_FAILURE() << "accepted";
  return {};
}

TEST(AnalyticPsf, RefusesValuesOutOfRange) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(problem_of([] { Psf::gaussian({0.0}); }).key, "fwhm");
  EXPECT_EQ(problem_of([&] { Psf::gaussian({nan}); }).key, "fwhm");
  EXPECT_EQ(problem_of([] { Psf::gaussian({2.0, 1.1}); }).key, "q");
  EXPECT_EQ(problem_of([&] { Psf::gaussian({2.0, 0.5, nan}); }).key, "theta");
  EXPECT_EQ(problem_of([] { Psf::moffat({2.0}, 1.0); }).key, "beta");
  EXPECT_EQ(problem_of([] { Psf::moffat({2.0}, 1.0); }).allowed, "1.1 to 20");
  const Psf psf = Psf::gaussian({2.0});
  EXPECT_EQ(problem_of([&] { Psf::sum({{psf, 1.0}, {psf, 0.0}}); }).key, "weight");
  EXPECT_EQ(problem_of([&] { Psf::sum({{psf, nan}}); }).key, "weight");
  EXPECT_EQ(problem_of([] { Psf::sum({}); }).key, "psf");
  EXPECT_EQ(problem_of([&] { (void)psf.diffused(Image({3, 4}, 1.0)); }).key, "diffusion");
  EXPECT_EQ(problem_of([&] { (void)psf.diffused(Image()); }).key, "diffusion");
}

}  // namespace
}  // namespace gaxel
