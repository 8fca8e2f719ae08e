#include "integrate/image_pixels.hpp"

#include "integrate/aligned_image.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include "gaxel/error.hpp"

namespace gaxel {
namespace {

Image sample_image() {
  Image image(Shape{6, 9});
  for (int row = 0; row < image.ny(); ++row) {
    for (int column = 0; column < image.nx(); ++column)
      image(row, column) = 1.0 + std::sin(1.3 * column + 0.4 * row * row) + 0.2 * row;
  }
  return image;
}

template <class Sweep = ImagePixelSweep>
std::vector<std::vector<ImagePixel>> all_pixels(const LightImage& light, const ImageFrame& frame,
                                                const Grid& grid) {
  Sweep sweep(light, frame, grid, 0);
  std::vector<std::vector<ImagePixel>> rows;
  for (int row = 0; row < grid.shape.ny; ++row) {
    const auto lit = sweep.next();
    std::vector<ImagePixel>& pixels = rows.emplace_back(grid.shape.nx);
    std::ranges::copy(lit.pixels, pixels.begin() + lit.first_column);
  }
  return rows;
}

/// The B-spline of degree 2 by its definition as a threefold convolution of a box, in truncated powers.
double b_spline(double t) {
  const auto power = [](double x) { return x > 0.0 ? x * x : 0.0; };
  return 0.5 * (power(t + 1.5) - 3.0 * power(t + 0.5) + 3.0 * power(t - 0.5) - power(t - 1.5));
}

TEST(ImagePixels, AnImageInItsPlaceIsItself) {
  const Image image = sample_image();
  const LightImage light(image);
  const auto pixels = all_pixels(light, {4.0, 2.5, 1.0, 0.0}, {image.shape(), 0.0, 0.0, 1.0});
  for (int row = 0; row < image.ny(); ++row) {
    for (int column = 0; column < image.nx(); ++column) {
      const ImagePixel& pixel = pixels[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)];
      EXPECT_NEAR(pixel.light * light.sum(), image(row, column), 1e-13);
    }
  }
}

TEST(ImagePixels, ASinglePixelIsASumOfSplinesWithTheKnownCoefficients) {
  const LightImage light(Image(Shape{1, 1}, 7.0));
  const double z = std::sqrt(3.0) - 2.0;
  for (const auto& [u, v] : std::vector<std::pair<double, double>>{{0.0, 0.0}, {0.3, -0.7}, {-2.2, 1.6}}) {
    double along_u = 0.0;
    double along_v = 0.0;
    for (int k = -20; k <= 20; ++k) {
      const double coefficient = std::sqrt(3.0) * std::pow(z, std::abs(k));
      along_u += coefficient * b_spline(u - k);
      along_v += coefficient * b_spline(v - k);
    }
    EXPECT_NEAR(light.at(u, v).density, along_u * along_v, 1e-14) << u << " " << v;
  }
}

TEST(ImagePixels, KeepsTheFluxWhenShiftedRotatedAndScaled) {
  const LightImage light(sample_image());
  for (const double scale : {0.4, 1.0, 3.7}) {
    double sum = 0.0;
    for (const auto& row : all_pixels(light, {40.3, 41.8, scale, 0.9}, {{440, 440}, -180.0, -180.0, 1.0})) {
      for (const ImagePixel& pixel : row) sum += pixel.light;
    }
    EXPECT_NEAR(sum, 1.0, 1e-13) << scale;
  }
}

// Splitting every pixel into small squares is a truth that knows nothing of edges and knots.
TEST(ImagePixels, IsTheIntegralOfTheDensity) {
  const LightImage light(sample_image());
  const ImageFrame frame{3.3, 2.1, 1.4, 0.6};
  const Grid grid{{6, 7}, 0.25, -0.25, 0.5};
  const auto pixels = all_pixels(light, frame, grid);
  constexpr int kParts = 400;
  for (const auto& [row, column] : std::vector<std::pair<int, int>>{{0, 0}, {2, 3}, {5, 6}}) {
    double sum = 0.0;
    for (int j = 0; j < kParts; ++j) {
      for (int i = 0; i < kParts; ++i) {
        const double dx = grid.x0 + (column - 0.5 + (i + 0.5) / kParts) * grid.step - frame.x;
        const double dy = grid.y0 + (row - 0.5 + (j + 0.5) / kParts) * grid.step - frame.y;
        const double u = 4.0 + (dx * std::cos(frame.theta) + dy * std::sin(frame.theta)) / frame.scale;
        const double v = 2.5 + (dy * std::cos(frame.theta) - dx * std::sin(frame.theta)) / frame.scale;
        sum += light.at(u, v).density;
      }
    }
    sum *= std::pow(grid.step / (frame.scale * kParts), 2);
    EXPECT_NEAR(pixels[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)].light, sum, 2e-8);
  }
}

TEST(ImagePixels, DerivativesAreThoseOfTheLight) {
  const LightImage light(sample_image());
  const ImageFrame frame{3.37, 2.12, 0.83, 0.61};
  const Grid grid{{7, 8}, 0.0, 0.0, 1.0};
  struct Case {
    std::string name;
    double ImageFrame::* of_frame;
    double ImagePixel::* of_pixel;
  };
  const auto pixels = all_pixels(light, frame, grid);
  for (const Case& check :
       {Case{"x", &ImageFrame::x, &ImagePixel::x}, Case{"y", &ImageFrame::y, &ImagePixel::y},
        Case{"scale", &ImageFrame::scale, &ImagePixel::scale},
        Case{"theta", &ImageFrame::theta, &ImagePixel::theta}}) {
    constexpr double kStep = 1e-4;
    std::array<std::vector<std::vector<ImagePixel>>, 4> moved;
    for (std::size_t k = 0; k < 4; ++k) {
      ImageFrame other = frame;
      other.*check.of_frame += std::array{-2.0, -1.0, 1.0, 2.0}[k] * kStep;
      moved[k] = all_pixels(light, other, grid);
    }
    for (std::size_t row = 0; row < pixels.size(); ++row) {
      for (std::size_t column = 0; column < pixels[row].size(); ++column) {
        const auto at = [&](std::size_t k) { return moved[k][row][column].light; };
        const double expected = (at(0) - 8.0 * at(1) + 8.0 * at(2) - at(3)) / (12.0 * kStep);
        EXPECT_NEAR(pixels[row][column].*check.of_pixel, expected, 2e-9) << check.name << row << column;
      }
    }
  }
}

TEST(ImagePixels, BandsOfRowsAreTheRowsOfTheWhole) {
  const LightImage light(sample_image());
  const ImageFrame frame{5.2, 61.3, 1.3, 0.4};
  const Grid grid{{130, 12}, 0.0, 0.0, 1.0};
  const auto pixels = all_pixels(light, frame, grid);
  for (const int first_row : {25, 60, 100}) {
    ImagePixelSweep sweep(light, frame, grid, first_row);
    const auto lit = sweep.next();
    ASSERT_FALSE(lit.pixels.empty());
    for (std::size_t i = 0; i < lit.pixels.size(); ++i) {
      const ImagePixel& whole =
          pixels[static_cast<std::size_t>(first_row)][static_cast<std::size_t>(lit.first_column) + i];
      EXPECT_EQ(lit.pixels[i].light, whole.light);
      EXPECT_EQ(lit.pixels[i].theta, whole.theta);
    }
  }
}

// The same pixels from far away, where coordinates have lost ten bits: what that costs is bounded, and the
// bound is not of another order. Light of both signs has sums that are small beside what they are sums of.
TEST(ImagePixels, RoundingIsBounded) {
  Image image = sample_image();
  for (int row = 0; row < image.ny(); ++row) {
    for (int column = 0; column < image.nx(); ++column) image(row, column) += column % 2 == 0 ? 40.0 : -40.0;
  }
  const LightImage light(std::move(image));
  const double far = 1048576.0;  // shifts of it are exact
  const Grid near_grid{{12, 14}, 0.0, 0.0, 1.0};
  const Grid far_grid{{12, 14}, far, 0.0, 1.0};
  const ImageFrame frame{5.375, 4.625, 1.3, 0.6};
  const auto near = all_pixels(light, frame, near_grid);
  const auto moved = all_pixels(light, {frame.x + far, frame.y, frame.scale, frame.theta}, far_grid);
  // Turned by whole turns the angle is the same, but for its rounding.
  const double turns = 64.0 * std::numbers::pi;
  const auto turned = all_pixels(light, {frame.x, frame.y, frame.scale, frame.theta + turns}, near_grid);
  double largest = 0.0;
  for (std::size_t row = 0; row < near.size(); ++row) {
    for (std::size_t column = 0; column < near[row].size(); ++column) {
      const ImagePixel& pixel = near[row][column];
      EXPECT_EQ(pixel.light, moved[row][column].light);
      const double turn = 2.0 * std::numeric_limits<double>::epsilon() * turns;
      EXPECT_LE(std::abs(turned[row][column].light - pixel.light),
                2.0 * pixel.rounding + turn * std::abs(pixel.theta));
      largest = std::max(largest, pixel.rounding);
    }
  }
  EXPECT_GT(largest, 0.0);
  EXPECT_LT(largest, 1e-11);
}

TEST(ImagePixels, NoLightFarAway) {
  const LightImage light(sample_image());
  for (const double far : {-1e3, 1e3, 1e12}) {
    for (const auto& row : all_pixels(light, {far, 0.5 * far, 1.0, 0.3}, {{3, 3}, 0.0, 0.0, 1.0})) {
      for (const ImagePixel& pixel : row) EXPECT_EQ(pixel.light, 0.0);
    }
  }
}

// Two ways to the same integrals: along edges, and by products.
TEST(ImagePixels, AlignedImagesAreThoseThatAreNotTurned) {
  const LightImage light(sample_image());
  const Grid grid{{60, 70}, 0.25, -0.5, 0.5};
  for (const double scale : {0.11, 0.5, 1.0, 2.7, 40.0}) {
    const ImageFrame frame{15.31, 14.87, scale, 0.0};
    const auto edges = all_pixels(light, frame, grid);
    const auto products = all_pixels<AlignedImageSweep>(light, frame, grid);
    double largest = 0.0;
    for (std::size_t row = 0; row < edges.size(); ++row) {
      for (std::size_t column = 0; column < edges[row].size(); ++column) {
        const ImagePixel& one = edges[row][column];
        const ImagePixel& other = products[row][column];
        largest = std::max(largest, other.rounding);
        // The light ends where it is below 1e-16, not in both in the same pixel.
        EXPECT_NEAR(one.light, other.light, one.rounding + other.rounding + 1e-16);
        EXPECT_NEAR(one.x, other.x, 1e-12 / scale);
        EXPECT_NEAR(one.y, other.y, 1e-12 / scale);
        EXPECT_NEAR(one.scale, other.scale, 1e-12 / scale);
        EXPECT_NEAR(one.theta, other.theta, 1e-12);
      }
    }
    EXPECT_LT(largest, 1e-12) << scale;
  }
}

TEST(ImagePixels, ASingleRowOrColumnIsAnImage) {
  for (const Shape shape : {Shape{1, 5}, Shape{5, 1}}) {
    Image line(shape);
    for (int k = 0; k < 5; ++k) line.pixels()[static_cast<std::size_t>(k)] = 1.0 + k;
    const auto pixels = all_pixels(LightImage(line), {0.5 * (shape.nx - 1), 0.5 * (shape.ny - 1), 1.0, 0.0},
                                   {shape, 0.0, 0.0, 1.0});
    for (std::size_t k = 0; k < 5; ++k) {
      const double value = shape.ny == 1 ? pixels[0][k].light : pixels[k][0].light;
      EXPECT_NEAR(value, line.pixels()[k] / 15.0, 1e-14);
    }
  }
}

TEST(LightImage, RefusesWhatHasNoLight) {
  EXPECT_THROW(LightImage(Image{}), InputError);
  EXPECT_THROW(LightImage(Image(Shape{2, 2}, 0.0)), InputError);
  EXPECT_THROW(LightImage(Image(Shape{2, 2}, -1.0)), InputError);
  Image image = sample_image();
  image(3, 4) = std::nan("");
  try {
    const LightImage light(std::move(image));
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_EQ(error.problem().key, "image");
    EXPECT_NE(error.problem().value.find("column 4, row 3"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace gaxel
