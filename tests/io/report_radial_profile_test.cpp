#include "io/report/radial_profile.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace gaxel::io::report {
namespace {

constexpr Shape kShape = {81, 101};

TEST(Ellipses, RadiusAlongTheAxes) {
  const Ellipses ellipses{10.0, 20.0, 0.25, std::numbers::pi / 6.0};
  const double c = std::cos(std::numbers::pi / 6.0);
  const double s = std::sin(std::numbers::pi / 6.0);
  EXPECT_NEAR(ellipses.radius(10.0 + 7.0 * c, 20.0 + 7.0 * s), 7.0, 1e-12);
  EXPECT_NEAR(ellipses.radius(10.0 - 2.0 * s, 20.0 + 2.0 * c), 8.0, 1e-12);
  EXPECT_EQ(ellipses.radius(10.0, 20.0), 0.0);
}

TEST(RadialProfile, FollowsTheLightOfItsEllipses) {
  const Ellipses ellipses{48.3, 41.9, 0.6, 0.7};
  Image data(kShape);
  for (int row = 0; row < kShape.ny; ++row) {
    for (int col = 0; col < kShape.nx; ++col) data(row, col) = 100.0 - ellipses.radius(col, row);
  }
  const Image sigma(kShape, 2.0);
  const std::vector<std::uint8_t> used(kShape.size(), 1);
  const ConstImageView model = sigma.view();
  const std::vector<Annulus> annuli = radial_profile(data.view(), sigma.view(), used, {&model, 1}, ellipses);
  ASSERT_GT(annuli.size(), 20U);
  double before = -1.0;
  for (const Annulus& annulus : annuli) {
    // The light is linear in the radius: its mean is the light of the mean radius.
    EXPECT_NEAR(annulus.data, 100.0 - annulus.radius, 1e-10);
    EXPECT_NEAR(annulus.error, 2.0 / std::sqrt(static_cast<double>(annulus.count)), 1e-12);
    EXPECT_EQ(annulus.models, std::vector<double>{2.0});
    EXPECT_GT(annulus.radius, before);
    before = annulus.radius;
  }
}

TEST(RadialProfile, CountsEachUsedPixelOnce) {
  Image data(kShape);
  std::vector<std::uint8_t> used(kShape.size(), 1);
  double sum = 0.0;
  std::int64_t count = 0;
  for (std::size_t i = 0; i < data.size(); ++i) {
    data.data()[i] = std::sin(static_cast<double>(i));
    used[i] = i % 3 != 0;
    if (!used[i]) continue;
    sum += data.data()[i];
    ++count;
  }
  const Image sigma(kShape, 1.0);
  for (const double x : {50.0, -400.0}) {
    for (const double q : {1.0, 0.01}) {
      double seen = 0.0;
      std::int64_t pixels = 0;
      for (const Annulus& annulus : radial_profile(data.view(), sigma.view(), used, {}, {x, 40.0, q, 1.0})) {
        seen += annulus.data * static_cast<double>(annulus.count);
        pixels += annulus.count;
        EXPECT_GT(annulus.count, 0);
      }
      EXPECT_EQ(pixels, count);
      EXPECT_NEAR(seen, sum, 1e-9);
    }
  }
}

TEST(RadialProfile, MaskedPixelsMayHoldAnything) {
  Image data(kShape, 1.0);
  std::vector<std::uint8_t> used(kShape.size(), 1);
  data(40, 50) = std::nan("");
  used[40 * 101 + 50] = 0;
  const Image sigma(kShape, 1.0);
  for (const Annulus& annulus : radial_profile(data.view(), sigma.view(), used, {}, {50.0, 40.0})) {
    EXPECT_EQ(annulus.data, 1.0);
  }
}

}  // namespace
}  // namespace gaxel::io::report
