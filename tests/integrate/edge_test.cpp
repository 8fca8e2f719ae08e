// Laws with an edge: cells across it are refused, cells beside it are bounded, and the closed form knows
// where it is.
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <numbers>
#include <random>
#include <vector>

#include "integrate/cusp.hpp"
#include "integrate/execute.hpp"
#include "integrate/group_bounds.hpp"
#include "integrate/leaf_errors.hpp"
#include "integrate/sampled_light.hpp"
#include "profile/ferrers.hpp"
#include "profile/king.hpp"

namespace gaxel {
namespace {

using Laws = std::vector<std::unique_ptr<RadialLaw>>;

Laws laws_with_edges() {
  Laws laws;
  for (const double alpha : {0.1, 0.5, 2.0, 10.0}) {
    laws.push_back(std::make_unique<KingLaw>(4.0, alpha));
    laws.push_back(std::make_unique<FerrersLaw>(alpha, 0.7));
  }
  return laws;
}

// The group of a single cell.
struct OneCell {
  GroupBounds bounds;

  OneCell(const RadialLaw& law, const EllipseFrame& f, double x, double y, double half) : bounds(law, f) {
    bounds.add({x, y, 0.0, 0.0, half, half});
    bounds.evaluate();
  }
};

TEST(Edge, NoRuleServesACellAcrossIt) {
  for (const auto& law : laws_with_edges()) {
    const double radius = 5.0 * std::sqrt(law->edge());
    const EllipseFrame f(0.0, 0.0, 5.0, 0.5, 0.0);
    OneCell across(*law, f, radius, 0.1, 0.5);
    EXPECT_TRUE(across.bounds.crosses_edge(0));
    across.bounds.want_quadrature(0, -10.0);
    across.bounds.find_orders();
    EXPECT_EQ(across.bounds.orders(0).x, GroupBounds::kNoOrder);
    across.bounds.want_interpolation(0, -10.0);
    across.bounds.find_orders();
    EXPECT_EQ(across.bounds.orders(0).y, GroupBounds::kNoOrder);
    // All that is known is the largest light.
    across.bounds.set_quadrature(0, {12, 12});
    across.bounds.find_errors();
    EXPECT_EQ(across.bounds.error(0), std::exp(across.bounds.log_max(0)));
  }
}

TEST(Edge, RulesOutsideAreExactlyRight) {
  for (const auto& law : laws_with_edges()) {
    const double radius = 5.0 * std::sqrt(law->edge());
    const EllipseFrame f(0.0, 0.0, 5.0, 0.5, 0.0);
    OneCell outside(*law, f, radius + 0.6, 0.0, 0.5);
    EXPECT_FALSE(outside.bounds.crosses_edge(0));
    for (const int order : {1, 7}) {
      outside.bounds.set_quadrature(0, {order, order});
      outside.bounds.find_errors();
      EXPECT_EQ(outside.bounds.error(0), 0.0);
      outside.bounds.set_interpolation(0, {order, order});
      outside.bounds.find_errors();
      EXPECT_EQ(outside.bounds.error(0), 0.0);
    }
  }
}

TEST(Edge, BoundsBesideItAreNeverBelowTheErrorAndOfUse) {
  std::mt19937_64 random(21);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  const Laws laws = laws_with_edges();
  int useful = 0;
  for (int trial = 0; trial < 400; ++trial) {
    const RadialLaw& law = *laws[static_cast<std::size_t>(trial) % laws.size()];
    const EllipseFrame f(0.0, 0.0, 5.0, 0.3 + 0.7 * unit(random), 0.0);
    const double edge = 5.0 * std::sqrt(law.edge());
    const double half = 0.5 * unit(random);
    // Elliptical radius of the centre: from well inside to next to the edge.
    const double radius = edge * (1.0 - std::pow(10.0, -1.5 * unit(random)));
    const double angle = 2.0 * std::numbers::pi * unit(random);
    const double x = radius * std::cos(angle);
    const double y = f.q * radius * std::sin(angle);
    OneCell cell(law, f, x, y, half);
    if (cell.bounds.crosses_edge(0) || cell.bounds.holds_center(0)) continue;
    const double exact = mean_light(law, f, box_about(x, y, half, half), 30, 30, 4);
    for (const int order : {2, 4, 8, 14}) {
      cell.bounds.set_quadrature(0, {order, order});
      cell.bounds.find_errors();
      const double error = std::abs(mean_light(law, f, box_about(x, y, half, half), order, order, 1) - exact);
      EXPECT_LE(error, cell.bounds.error(0) + 1e-13 * exact) << trial << " order " << order;
      if (cell.bounds.error(0) < 1e-6 * exact) ++useful;
    }
  }
  EXPECT_GT(useful, 100);
}

TEST(Edge, TheClosedFormOfABoxAroundAllIsWhole) {
  for (const auto& law : laws_with_edges()) {
    const EllipseFrame f(0.1, -0.2, 1.0, 0.4, 0.6);
    const Moments m = cusp_moments(*law, f, {-5.0, 5.5, -4.8, 5.2}, true);
    EXPECT_NEAR(m[kFlux], 1.0, cusp_error(*law, f));
    // No light on the boundary: by parts, the integrals of dg/ds u^2 and v^2 are those of -g / 2.
    EXPECT_NEAR(m[kUU], -0.5, cusp_error(*law, f));
    EXPECT_NEAR(m[kVV], -0.5, cusp_error(*law, f));
    for (const Moment other : {kU, kV, kUV, kShape}) EXPECT_NEAR(m[other], 0.0, cusp_error(*law, f));
    EXPECT_NEAR(m[kShape + 1], 0.0, cusp_error(*law, f));
  }
}

TEST(Edge, TheClosedFormIsAdditiveOverABoxThatIsCut) {
  for (const auto& law : laws_with_edges()) {
    // The edge runs through the box.
    const EllipseFrame f(-0.9 * std::sqrt(law->edge()), 0.1, 1.0, 0.6, 0.2);
    const Moments whole = cusp_moments(*law, f, box_about(0.0, 0.0, 0.5, 0.5), true);
    Moments parts{};
    for (const Box& box : {Box{-0.5, 0.13, -0.5, 0.2},
                           {0.13, 0.5, -0.5, 0.2},
                           {-0.5, 0.13, 0.2, 0.5},
                           {0.13, 0.5, 0.2, 0.5}}) {
      const Moments part = cusp_moments(*law, f, box, true);
      for (std::size_t m = 0; m < n_moments(*law); ++m) parts[m] += part[m];
    }
    for (std::size_t m = 0; m < n_moments(*law); ++m) {
      EXPECT_NEAR(parts[m], whole[m],
                  m == kFlux ? 2.0 * cusp_error(*law, f) : 1e-13 * (1.0 + std::abs(whole[m])))
          << "moment " << m;
    }
    EXPECT_GT(whole[kFlux], 0.0);
  }
}

TEST(Edge, APlanDoesTheEdgeInClosedFormAndSkipsWhatIsDark) {
  const Grid grid{{128, 128}, 0.0, 0.0, 1.0};
  const FerrersLaw law(0.5, 0.0);
  const EllipseFrame f(40.2, 37.7, 21.0, 0.7, 0.4);
  const Plan plan = prepare(law, f, {grid, {0, 128}, {1e-9, 1e-6}});
  EXPECT_FALSE(plan.limit_hit);
  EXPECT_GT(plan.cusp_pixels.size(), 60U);  // about the length of the edge
  EXPECT_LT(plan.cusp_pixels.size(), 400U);
  Image image(grid.shape);
  execute(plan, {law, f, 1.0}, Write::kReplace, image.view());
  double sum = 0.0;
  for (const double pixel : image.pixels()) sum += pixel;
  EXPECT_NEAR(sum, 1.0, 1e-7);
  EXPECT_EQ(image(127, 127), 0.0);
  // A plan that is kept does not hold once the edge has moved over its tiles.
  EXPECT_TRUE(still_holds(plan, law, f, {1e-9, 1e-6}));
  EXPECT_FALSE(still_holds(plan, law, EllipseFrame(44.2, 37.7, 21.0, 0.7, 0.4), {1e-9, 1e-6}));
}

}  // namespace
}  // namespace gaxel
