// The compiled light of components against the closed form of the Sersic profile.
#include <gtest/gtest.h>

#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>
#include <numbers>
#include <random>
#include <vector>

#include "subpixel_support.hpp"

namespace gaxel {
namespace {

using namespace subpixel_test;

// Graham & Driver (2005), eqs. 1 to 4, with b_n from the inverse incomplete gamma function.
struct Galaxy {
  double x, y, flux, re, n, q, theta;

  double light(double i, double j) const {
    const double dx = j - x;
    const double dy = i - y;
    const double u = dx * std::cos(theta) + dy * std::sin(theta);
    const double v = (dy * std::cos(theta) - dx * std::sin(theta)) / q;
    const double b = boost::math::gamma_p_inv(2.0 * n, 0.5);
    const double log_total =
        std::log(2.0 * std::numbers::pi * n * re * re * q) - 2.0 * n * std::log(b) + std::lgamma(2.0 * n);
    return flux * std::exp(-b * std::pow(std::hypot(u, v) / re, 1.0 / n) - log_total);
  }
  std::vector<double> values() const { return {x, y, flux, re, n, q, theta}; }
};

std::vector<double> light_at(const Component& component, const Points& points) {
  std::vector<double> values(points.size());
  light_integrand(component)->evaluate(points.i, points.j, values);
  return values;
}

TEST(LightIntegrand, IsTheClosedFormEverywhere) {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  for (int trial = 0; trial < 60; ++trial) {
    const Galaxy g{unit(random) - 0.5,
                   4.0 * unit(random),
                   1e3 * unit(random),
                   std::pow(10.0, 2.0 * unit(random) - 0.5),
                   0.1 * std::pow(200.0, unit(random)),
                   std::pow(10.0, -unit(random)),
                   6.0 * unit(random)};
    Points points;
    for (int k = 0; k < 101;
         ++k) {  // from 1e-6 to 10 half-light radii: an odd number, so that vectors have a rest
      const double angle = 6.3 * unit(random);
      const double r = g.re * std::pow(10.0, 7.0 * unit(random) - 6.0);
      points.i.push_back(g.y + r * std::sin(angle));
      points.j.push_back(g.x + r * std::cos(angle));
    }
    const std::vector<double> values = light_at(component_of("sersic", g.values()), points);
    for (std::size_t k = 0; k < points.size(); ++k) {
      const double exact = g.light(points.i[k], points.j[k]);
      if (exact < 1e-290) continue;
      // An exponent of several hundred loses as many units of its last place.
      const double central = g.light(g.y, g.x);
      const double allowed = 1e-12 * (1.0 + std::log(central / exact));
      EXPECT_NEAR(values[k] / exact, 1.0, allowed) << "n " << g.n << " q " << g.q << " re " << g.re;
    }
  }
}

TEST(LightIntegrand, IsTheCentralValueExactlyAtTheCentre) {
  for (const double n : {0.1, 0.5, 1.0, 4.0, 10.0, 20.0}) {
    const Galaxy g{0.3, -0.2, 5.0, 8.0, n, 0.4, 0.7};
    // In a vector, in its rest, and alone.
    for (const std::size_t size : {1U, 3U, 16U, 37U}) {
      Points points{std::vector<double>(size, 2.0), std::vector<double>(size, 1.0)};
      points.i.back() = points.i[size / 2] = g.y;
      points.j.back() = points.j[size / 2] = g.x;
      const std::vector<double> values = light_at(component_of("sersic", g.values()), points);
      EXPECT_NEAR(values.back() / g.light(g.y, g.x), 1.0, 1e-12) << n;
      EXPECT_EQ(values[size / 2], values.back());
      if (size > 1) {
        EXPECT_NEAR(values.front() / g.light(2.0, 1.0), 1.0, 1e-11);
      }
    }
  }
}

TEST(LightIntegrand, KindsOfFixedShapeAreTheirSersicProfiles) {
  const Points points{{0.3, 2.0, -7.0}, {0.1, -4.0, 3.0}};
  for (const auto& [kind, n] : {std::pair{"exponential", 1.0}, {"devaucouleurs", 4.0}, {"gaussian", 0.5}}) {
    const Galaxy g{0.2, 0.5, -3.0, 4.0, n, 0.7, 1.1};
    const std::vector<double> values =
        light_at(component_of(kind, {g.x, g.y, g.flux, g.re, g.q, g.theta}), points);
    for (std::size_t k = 0; k < points.size(); ++k) {
      EXPECT_NEAR(values[k] / g.light(points.i[k], points.j[k]), 1.0, 1e-12) << kind;
    }
  }
}

TEST(LightIntegrand, FarAwayIsDark) {
  // (r / re)^(1/n) leaves the range of numbers at various distances.
  Points points;
  for (int decade = 3; decade <= 300; ++decade) {
    points.i.push_back(std::pow(10.0, decade));
    points.j.push_back(-0.5 * points.i.back());
  }
  for (const double n : {0.1, 0.13, 0.2, 0.5, 0.7, 1.0, 2.0}) {
    for (const double value : light_at(component_of("sersic", {0.0, 0.0, 1.0, 0.5, n, 0.5, 0.3}), points)) {
      EXPECT_GE(value, 0.0) << n;
      EXPECT_LT(value, 1e-50) << n;
    }
  }
}

TEST(LightIntegrand, RefusesWhatHasNoLightPerArea) {
  const auto refused = [](const Component& component) {
    return complaint([&] { light_integrand(component); });
  };
  EXPECT_EQ(refused(component_of("sky", {1.0, 0.0, 0.0, 0.0, 0.0})), "light_integrand: component");
  EXPECT_EQ(refused(component_of("pointsource", {0.0, 0.0, 1.0})), "light_integrand: component");
  EXPECT_EQ(refused(Component{}), "light_integrand: component");
}

TEST(LightIntegrand, RefusesValuesOutsideTheirRange) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> good{0.2, 0.5, 3.0, 4.0, 2.0, 0.7, 1.1};
  const auto with = [&](std::size_t position, double value) {
    std::vector<double> values = good;
    values[position] = value;
    return complaint([&] { light_integrand(component_of("sersic", values)); });
  };
  EXPECT_EQ(with(0, 0.2), "accepted");
  EXPECT_TRUE(with(0, nan).ends_with(": x"));
  EXPECT_TRUE(with(1, INFINITY).ends_with(": y"));
  EXPECT_TRUE(with(2, nan).ends_with(": flux"));
  EXPECT_TRUE(with(3, 0.0).ends_with(": re"));
  EXPECT_TRUE(with(4, 0.05).ends_with(": n"));
  EXPECT_TRUE(with(5, 1.5).ends_with(": q"));
  EXPECT_TRUE(with(6, nan).ends_with(": theta"));
}

}  // namespace
}  // namespace gaxel
