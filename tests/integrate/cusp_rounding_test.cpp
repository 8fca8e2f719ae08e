// The bound of the rounding error that the closed form of the cusp gives with a flux, against error functions
// in 80 bits and against mpmath.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <numbers>
#include <sstream>
#include <string>

#include "integrate/cusp.hpp"
#include "profile/sersic.hpp"

namespace gaxel {
namespace {

struct BoundedFlux {
  double flux;
  double rounding;
};

BoundedFlux cusp_flux(const SersicLaw& law, const EllipseFrame& f, const Box& box) {
  BoundedFlux result{};
  result.flux = cusp_moments(law, f, box, false, &result.rounding)[kFlux];
  return result;
}

// Light of a Gaussian, exp(-ln2 x^2 / re^2), from one place to another, of that in all.
long double gaussian_part(long double from, long double to, long double re) {
  const long double scale = std::sqrt(std::numbers::ln2_v<long double>) / re;
  if (from > 0.0L) return 0.5L * (std::erfc(from * scale) - std::erfc(to * scale));
  return 0.5L * (std::erf(to * scale) - std::erf(from * scale));
}

TEST(CuspRounding, HoldsForGaussiansAndIsAFewUnits) {
  const SersicLaw law(0.5);
  double sharpest = 0.0;
  for (const double re : {0.0625, 0.25, 0.75, 1.5, 12.0}) {
    for (const double q : {0.125, 0.5, 1.0}) {
      for (const double x0 : {0.0, 0.125, 0.4375, 0.5, 1.25}) {
        for (const double y0 : {0.0, 0.25, 0.5}) {
          const auto [flux, rounding] =
              cusp_flux(law, EllipseFrame(x0, y0, re, q, 0.0), {-0.5, 0.5, -0.5, 0.5});
          const long double exact = gaussian_part(-0.5L - x0, 0.5L - x0, re) *
                                    gaussian_part(-0.5L - y0, 0.5L - y0, static_cast<long double>(q) * re);
          const auto error = static_cast<double>(std::abs(flux - exact));
          EXPECT_LE(error, rounding) << "re " << re << " q " << q << " at " << x0 << " " << y0;
          if (x0 <= 0.5) {
            EXPECT_LE(rounding, 2e-14 * static_cast<double>(exact)) << "re " << re << " q " << q;
          }
          sharpest = std::max(sharpest, error / rounding);
        }
      }
    }
  }
  EXPECT_GT(sharpest, 0.05);
}

TEST(CuspRounding, HoldsAtTheCornersOfTheParameterSpace) {
  std::ifstream file(std::string(GAXEL_TESTS_DIR) + "/data/corner_pixels.csv");
  std::string line;
  std::getline(file, line);
  int n_pixels = 0;
  double sharpest = 0.0;
  while (std::getline(file, line)) {
    std::string fields = line;
    std::ranges::replace(fields, ',', ' ');
    std::istringstream values(fields);
    double n = 0.0;
    double q = 0.0;
    double re = 0.0;
    double x = 0.0;
    double y = 0.0;
    double theta = 0.0;
    double col = 0.0;
    double row = 0.0;
    double exact = 0.0;
    values >> n >> q >> re >> x >> y >> theta >> col >> row >> exact;
    ASSERT_TRUE(values) << line;
    const auto [flux, rounding] = cusp_flux(SersicLaw(n), EllipseFrame(x, y, re, q, theta),
                                            {col - 0.5, col + 0.5, row - 0.5, row + 0.5});
    EXPECT_LE(std::abs(flux - exact), rounding) << line;
    if (exact > 0.01) sharpest = std::max(sharpest, std::abs(flux - exact) / rounding);
    ++n_pixels;
  }
  EXPECT_EQ(n_pixels, 282);
  EXPECT_GT(sharpest, 0.03);
}

}  // namespace
}  // namespace gaxel
