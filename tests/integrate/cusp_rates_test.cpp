// Second derivatives of pixels in closed form: against error functions, sums over parts and quadrature.
#include "integrate/cusp_rates.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "integrate/cusp.hpp"
#include "integrate/execute_second.hpp"
#include "integrate/sampled_light.hpp"
#include "profile/sersic.hpp"

namespace gaxel {
namespace {

constexpr std::array kParameters = {LightParameter::kX,    LightParameter::kY,      LightParameter::kFlux,
                                    LightParameter::kRe,   LightParameter::kShape1, LightParameter::kQ,
                                    LightParameter::kTheta};

LightDirection unit(LightParameter parameter) {
  LightDirection direction{};
  direction[static_cast<std::size_t>(parameter)] = 1.0;
  return direction;
}

double second(const ProfileLight& light, LightParameter one, LightParameter other, const Box& box) {
  const LightRates rates(light, unit(one), {});
  return second_derivative(light, rates, other, cusp_moment_rates(light, rates, box));
}

// The integral of a normal density of width s over the pixel about 0, its centre at c, and its derivatives:
// to c, to s, to both twice.
struct Part {
  double value;
  double c;
  double s;
  double cc;
  double cs;
  double ss;
};

Part part_of(double centre, double sigma) {
  const auto density = [&](double z) { return std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi); };
  const double upper = (0.5 - centre) / sigma;
  const double lower = (-0.5 - centre) / sigma;
  const auto difference = [&](auto&& f) { return f(upper) - f(lower); };
  // With z = (edge - c) / s: dz/dc = -1/s, dz/ds = -z/s, and d density/dz = -z density.
  return {difference([](double z) { return 0.5 * std::erf(z / std::numbers::sqrt2); }),
          -difference(density) / sigma,
          -difference([&](double z) { return z * density(z); }) / sigma,
          difference([&](double z) { return -z * density(z); }) / (sigma * sigma),
          difference([&](double z) { return (1.0 - z * z) * density(z); }) / (sigma * sigma),
          difference([&](double z) { return (2.0 * z - z * z * z) * density(z); }) / (sigma * sigma)};
}

TEST(CuspRates, OfAGaussianAreProductsOfErrorFunctions) {
  const double re = 1.7;
  const double q = 0.3;
  const double flux = 2.5;
  const SersicLaw law(0.5);
  const double per_re = 1.0 / std::sqrt(2.0 * std::numbers::ln2);
  const Box box = box_about(0.0, 0.0, 0.5, 0.5);
  for (const auto& [x0, y0] : {std::pair{0.0, 0.0}, {0.5, 0.5}, {0.5, 0.0}, {0.123, -0.4}, {1.5, 0.7}}) {
    const EllipseFrame frame(x0, y0, re, q, 0.0);
    const ProfileLight light{law, frame, flux};
    const Part x = part_of(x0, per_re * re);
    const Part y = part_of(y0, per_re * q * re);
    const double of_y = per_re * q;   // d sigma_y / d re
    const double of_q = per_re * re;  // d sigma_y / d q
    using P = LightParameter;
    const auto expect = [&](P one, P other, double exact) {
      EXPECT_NEAR(second(light, one, other, box), flux * exact, 3e-14 / (q * q)) << x0 << " " << y0;
      EXPECT_NEAR(second(light, other, one, box), flux * exact, 3e-14 / (q * q)) << x0 << " " << y0;
    };
    expect(P::kX, P::kX, x.cc * y.value);
    expect(P::kX, P::kY, x.c * y.c);
    expect(P::kY, P::kY, x.value * y.cc);
    expect(P::kX, P::kFlux, x.c * y.value / flux);
    expect(P::kFlux, P::kFlux, 0.0);
    expect(P::kX, P::kQ, x.c * y.s * of_q);
    expect(P::kY, P::kQ, x.value * y.cs * of_q);
    expect(P::kQ, P::kQ, x.value * y.ss * of_q * of_q);
    expect(P::kX, P::kRe, x.cs * per_re * y.value + x.c * y.s * of_y);
    expect(P::kRe, P::kRe,
           x.ss * per_re * per_re * y.value + 2.0 * x.s * per_re * y.s * of_y + x.value * y.ss * of_y * of_y);
    expect(P::kRe, P::kQ, x.s * per_re * y.s * of_q + x.value * (y.ss * of_y * of_q + y.s * per_re));
  }
}

TEST(CuspRates, AreTheSumOfThoseOfParts) {
  for (const double n : {0.3, 1.0, 4.0, 8.0, 15.0}) {
    const SersicLaw law(n);
    for (const auto& [x0, y0] : {std::pair{0.0, 0.0}, {0.5, 0.5}, {-0.5, 0.3}, {0.1, 0.2}}) {
      const EllipseFrame frame(x0, y0, 0.8, 0.2, 0.9);
      const ProfileLight light{law, frame, 1.0};
      for (const LightParameter one : kParameters) {
        for (const LightParameter other : kParameters) {
          const double whole = second(light, one, other, box_about(0.0, 0.0, 0.5, 0.5));
          double sum = 0.0;
          double size = std::abs(whole);
          for (const Box& box : {Box{-0.5, 0.1, -0.5, 0.2},
                                 {0.1, 0.5, -0.5, 0.2},
                                 {-0.5, 0.1, 0.2, 0.5},
                                 {0.1, 0.5, 0.2, 0.5}}) {
            const double part = second(light, one, other, box);
            sum += part;
            size += std::abs(part);
          }
          EXPECT_NEAR(sum, whole, 1e-11 * size + 1e-12 + 1e-14 * law.value(0.0))
              << "n " << n << " centre " << x0 << " " << y0 << " parameters " << static_cast<int>(one) << " "
              << static_cast<int>(other);
        }
      }
    }
  }
}

TEST(CuspRates, AgreeWithARuleAwayFromTheCentre) {
  const Grid grid{{1, 1}, 0.0, 0.0, 1.0};
  for (const double n : {0.3, 1.0, 3.0, 12.0}) {
    const SersicLaw law(n);
    const EllipseFrame frame(-2.6, -1.9, 3.0, 0.5, 0.4);
    const ProfileLight light{law, frame, 1.0};
    Plan plan;
    plan.grid = grid;
    plan.band = {0, 1};
    plan.cell_buckets = {{0, 0, {16, 16}, 0, 1, 1}};
    plan.blocks = {{0.0, 0.0, 0, 1, 1}};
    Image one(grid.shape, 1.0);
    for (const LightParameter along : kParameters) {
      const LightRates rates(light, unit(along), {});
      const MomentRates closed = cusp_moment_rates(light, rates, pixel_box(grid, 0));
      const MomentRates ruled = execute_second_adjoint(plan, light, rates, one.view());
      for (std::size_t m = 0; m < kMaxMoments; ++m) {
        EXPECT_NEAR(closed.values[m], ruled.values[m], 1e-13) << n << " " << m;
        EXPECT_NEAR(closed.rates[m], ruled.rates[m], 1e-12) << n << " " << m;
      }
    }
  }
}

}  // namespace
}  // namespace gaxel
