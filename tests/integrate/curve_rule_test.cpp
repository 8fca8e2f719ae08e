#include "integrate/curve_rule.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace gaxel {
namespace {

template <class Function>
double integral(const Function& f, const Box& box, const std::vector<Level>& levels, int order) {
  std::vector<RuleNode> nodes;
  make_curve_rule(box, levels, order, nodes);
  double sum = 0.0;
  for (const RuleNode& node : nodes) sum += node.weight * f(node.x, node.y);
  return sum;
}

TEST(CurveRule, SeesALineThatCrosses) {
  const Level level{[](double x, double y) { return y - 0.5 * x; }};
  EXPECT_TRUE(is_crossed({0.0, 1.0, 0.0, 1.0}, level));
  EXPECT_TRUE(is_crossed({0.0, 1.0, 0.4, 0.6}, level));
  EXPECT_FALSE(is_crossed({0.0, 1.0, 0.6, 1.0}, level));
  EXPECT_FALSE(is_crossed({-1.0, 0.0, 0.1, 1.0}, level));
}

TEST(CurveRule, IntegratesPowersOfTheDistanceFromALine) {
  // |x cos a + y sin a - p|^c in closed form: over a square it is the second difference of its second
  // integral.
  for (const double angle : {0.0, 0.2, 0.7, 1.3, 2.4}) {
    for (const double c : {0.3, 1.0, 1.7, 2.4}) {
      const double p = 0.21;
      const auto distance = [&](double x, double y) { return x * std::cos(angle) + y * std::sin(angle) - p; };
      const auto f = [&](double x, double y) { return std::pow(std::abs(distance(x, y)), c); };
      const Box box{-0.5, 0.5, -0.4, 0.6};
      double exact = 0.0;
      if (angle == 0.0) {
        exact = (std::pow(0.5 - p, c + 1.0) + std::pow(0.5 + p, c + 1.0)) / (c + 1.0);
      } else {
        const auto second = [&](double x, double y) {
          return std::pow(std::abs(distance(x, y)), c + 2.0) / ((c + 1.0) * (c + 2.0));
        };
        exact = (second(0.5, 0.6) - second(-0.5, 0.6) - second(0.5, -0.4) + second(-0.5, -0.4)) /
                (std::cos(angle) * std::sin(angle));
      }
      const std::vector<Level> levels{{distance}};
      EXPECT_NEAR(integral(f, box, levels, 12), exact, 1e-6 * exact) << angle << " " << c;
      EXPECT_NEAR(integral(f, box, levels, 40), exact, 1e-8 * exact) << angle << " " << c;
    }
  }
}

TEST(CurveRule, IsExactForPolynomialsOnTheSidesOfAKink) {
  // |y - 0.3 x - 0.1|^3, whose integral along y is of degree 4 in x where the line is inside.
  const std::vector<Level> levels{{[](double x, double y) { return y - 0.3 * x - 0.1; }, true}};
  const auto f = [&](double x, double y) { return std::pow(std::abs(levels[0](x, y)), 3.0); };
  const auto fifth = [](double t) { return std::pow(std::abs(t), 5.0) / 20.0; };
  const auto corner = [&](double x, double y) { return fifth(y - 0.3 * x - 0.1) / -0.3; };
  const double exact = corner(1.0, 0.3) - corner(0.0, 0.3) - corner(1.0, 0.0) + corner(0.0, 0.0);
  EXPECT_NEAR(integral(f, {0.0, 1.0, 0.0, 0.3}, levels, 3), exact, 1e-14);
}

TEST(CurveRule, IntegratesAcrossACircle) {
  // The area of the disc of radius 0.4 and a cone on it.
  const std::vector<Level> levels{{[](double x, double y) { return std::hypot(x, y) - 0.4; }}};
  const auto cone = [](double x, double y) { return std::max(0.0, 0.4 - std::hypot(x, y)); };
  const Box quarter{0.0, 0.5, 0.0, 0.5};
  const double exact = std::numbers::pi * 0.4 * 0.4 * 0.4 / 3.0 / 4.0;
  EXPECT_NEAR(integral(cone, quarter, levels, 24), exact, 1e-5 * exact);
}

TEST(CurveRule, TwoCurvesMayCross) {
  const std::vector<Level> levels{{[](double x, double y) { return y - 0.3 * x; }},
                                  {[](double x, double y) { return x + 0.3 * y; }}};
  const auto f = [&](double x, double y) { return std::abs(levels[0](x, y)) + std::abs(levels[1](x, y)); };
  // By symmetry both have the same integral over a square about the origin: closed form as above.
  const auto third = [](double t) { return std::pow(std::abs(t), 3.0) / 6.0; };
  const auto corner = [&](double x, double y) { return third(y - 0.3 * x) / -0.3; };
  const double one = corner(1.0, 1.0) - corner(-1.0, 1.0) - corner(1.0, -1.0) + corner(-1.0, -1.0);
  EXPECT_NEAR(integral(f, {-1.0, 1.0, -1.0, 1.0}, levels, 12), 2.0 * one, 1e-9);
}

}  // namespace
}  // namespace gaxel
