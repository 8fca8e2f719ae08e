// Drawings of images against midpoint sums of the light times splines by their definition.
#include "integrate/image_drawing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace gaxel {
namespace {

/// The cardinal B-spline of order 7 as a difference of truncated powers.
double spline(double t) {
  constexpr std::array kBinomials{1.0, -7.0, 21.0, -35.0, 35.0, -21.0, 7.0, -1.0};
  double sum = 0.0;
  for (std::size_t k = 0; k < kBinomials.size(); ++k) {
    const double x = t + 3.5 - static_cast<double>(k);
    if (x > 0.0) sum += kBinomials[k] * std::pow(x, 6);
  }
  return std::abs(t) < 3.5 ? sum / 720.0 : 0.0;
}

Image lopsided() {
  Image image(Shape{5, 6}, 0.5);
  image(2, 3) = 9.0;
  image(1, 2) = 4.0;
  image(3, 4) = -1.0;
  return image;
}

Image drawing_of(const LightImage& light, const ImageFrame& frame, const Grid& grid) {
  Image drawing(Shape{grid.shape.ny + 2 * kSplineMargin, grid.shape.nx + 2 * kSplineMargin});
  const auto add = [&](const ImageNode& node) {
    for (std::size_t r = 0; r < kSplineOrder; ++r) {
      for (std::size_t c = 0; c < kSplineOrder; ++c)
        drawing(node.row + static_cast<int>(r), node.column + static_cast<int>(c)) +=
            node.light * node.y[r] * node.x[c];
    }
  };
  constexpr int kRows = 19;  // of a band: borders of bands run through the light
  for (int row = 0; row < grid.shape.ny; row += kRows) {
    for_each_image_node(light, frame, grid, {row, std::min(kRows, grid.shape.ny - row)}, 0.0, false, add);
  }
  return drawing;
}

TEST(ImageDrawing, CellsHoldTheLightTimesSplines) {
  const LightImage light(lopsided());
  const Grid grid{{40, 44}, -4.0, -4.0, 0.5};
  for (const ImageFrame& frame : {ImageFrame{6.3, 5.2, 0.8, 0.6}, ImageFrame{6.3, 5.2, 1.7, -1.1},
                                  ImageFrame{6.3, 5.2, 1.7, 0.0}, ImageFrame{20.3, -9.8, 40.0, 0.6}}) {
    const Image drawing = drawing_of(light, frame, grid);
    for (const auto& [row, column] : {std::array{18, 20}, std::array{21, 24}, std::array{15, 17}}) {
      const double x = grid.x0 + column * grid.step;
      const double y = grid.y0 + row * grid.step;
      constexpr int kSamples = 1400;  // on the spline's support
      const double width = 7.0 * grid.step / kSamples;
      std::array<double, kSamples> shares{};
      for (int k = 0; k < kSamples; ++k)
        shares[static_cast<std::size_t>(k)] = spline((k + 0.5) * width / grid.step - 3.5);
      double sum = 0.0;
      for (int j = 0; j < kSamples; ++j) {
        for (int i = 0; i < kSamples; ++i) {
          const double dx = x + (i + 0.5) * width - 3.5 * grid.step - frame.x;
          const double dy = y + (j + 0.5) * width - 3.5 * grid.step - frame.y;
          const double u = 2.5 + (std::cos(frame.theta) * dx + std::sin(frame.theta) * dy) / frame.scale;
          const double v = 2.0 + (std::cos(frame.theta) * dy - std::sin(frame.theta) * dx) / frame.scale;
          sum += shares[static_cast<std::size_t>(i)] * shares[static_cast<std::size_t>(j)] *
                 light.at(u, v).density;
        }
      }
      sum *= std::pow(width / frame.scale, 2);
      EXPECT_NEAR(drawing(row + kSplineMargin, column + kSplineMargin), sum, 1e-8) << row << ' ' << column;
    }
  }
}

TEST(ImageDrawing, NothingIsLost) {
  const LightImage light(lopsided());
  const Image drawing = drawing_of(light, {12.3, 11.2, 0.4, 0.6}, {{100, 100}, -12.0, -12.0, 0.5});
  double sum = 0.0;
  for (const double cell : drawing.pixels()) sum += cell;
  EXPECT_NEAR(sum, 1.0, 1e-13);
}

// Nodes of a part of an image that is far larger than the grid: no more than cells ask for.
TEST(ImageDrawing, OnlyWhatIsOnTheGridIsDrawn) {
  const LightImage light(lopsided());
  const Grid grid{{20, 24}, -4.0, -4.0, 0.5};
  for (const double scale : {30.0, 3e4, 3e9}) {
    double area = 0.0;  // of the grid, by nodes' weights: their light over the density there
    std::size_t n = 0;
    for_each_image_node(light, {6.3, 5.2, scale, 0.4}, grid, {0, 20}, 0.0, false, [&](const ImageNode& node) {
      const double u = 2.5 + (std::cos(0.4) * node.dx + std::sin(0.4) * node.dy) / scale;
      const double v = 2.0 + (std::cos(0.4) * node.dy - std::sin(0.4) * node.dx) / scale;
      area += node.light / light.at(u, v).density;
      ++n;
    });
    EXPECT_NEAR(area * scale * scale, 10.0 * 12.0, 1.0) << scale;
    EXPECT_LT(n, 20U * 24U * 16U * 2U) << scale;
  }
}

TEST(ImageDrawing, SlopesAreThoseOfShares) {
  const LightImage light(lopsided());
  const Grid grid{{40, 44}, -4.0, -4.0, 0.5};
  for_each_image_node(light, {6.3, 5.2, 0.8, 0.6}, grid, {0, 40}, 0.1, true, [&](const ImageNode& node) {
    const double t = (6.3 + node.dx - grid.x0) / grid.step - node.column;
    constexpr double kStep = 1e-4;
    for (int c = 0; c < kSplineOrder; ++c) {
      const double at = t - (c - kSplineMargin);
      const double difference = (spline(at + kStep) - spline(at - kStep)) / (2.0 * kStep * grid.step);
      ASSERT_NEAR(node.slope_x[static_cast<std::size_t>(c)], difference, 1e-7);
    }
  });
}

}  // namespace
}  // namespace gaxel
