#include "fit/coordinates.hpp"

#include <gtest/gtest.h>

#include <random>

#include "fit/fit_support.hpp"

namespace gaxel {
namespace {

using test::component;

/// x, y, flux, re, n, q, theta of a Sersic galaxy.
SceneComponent galaxy(double q, double theta) {
  return component("sersic", {10.0, 12.0, 5.0, 3.0, 2.5, q, theta});
}

/// Coordinates of all free parameters but the flux, with their values.
struct Case {
  Coordinates coordinates;
  Eigen::VectorXd outer;

  explicit Case(const SceneComponent& component) : Case(component, free_shapes(component)) {}

 private:
  Case(const SceneComponent& component, const std::vector<FreeParameter>& parameters)
      : coordinates(parameters), outer(static_cast<Eigen::Index>(parameters.size())) {
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      outer[static_cast<Eigen::Index>(i)] =
          component.parameters[static_cast<std::size_t>(parameters[i].index)].value;
    }
  }
  static std::vector<FreeParameter> free_shapes(const SceneComponent& component) {
    Scene scene;
    scene.components.push_back(component);
    std::vector<FreeParameter> parameters = test::map_of(scene).parameters();
    std::erase_if(parameters, [](const FreeParameter& p) { return p.role == Role::kFlux; });
    return parameters;
  }
};

/// Every way to fix some of re, n, q and theta.
std::vector<SceneComponent> all_subsets(double q, double theta) {
  std::vector<SceneComponent> result;
  for (unsigned fixed = 0; fixed < 16; ++fixed) {
    SceneComponent component = galaxy(q, theta);
    unsigned bit = 1;
    for (const Role role : {Role::kRe, Role::kN, Role::kQ, Role::kTheta}) {
      component.parameter(role).free = (fixed & bit) == 0;
      bit *= 2;
    }
    result.push_back(component);
  }
  return result;
}

void expect_same(const Case& c, const Eigen::VectorXd& a, const Eigen::VectorXd& b, double tolerance) {
  for (int i = 0; i < c.coordinates.size(); ++i) {
    const bool angle = c.coordinates.parameters()[static_cast<std::size_t>(i)].role == Role::kTheta;
    EXPECT_NEAR(angle ? test::turn(a[i], b[i]) : a[i] - b[i], 0.0, tolerance) << "parameter " << i;
  }
}

TEST(Coordinates, ThereAndBack) {
  for (const double q : {0.02, 0.5, 0.9999}) {
    for (const double theta : {-1.3, 0.0, 0.4, 1.5707963}) {
      for (const SceneComponent& component : all_subsets(q, theta)) {
        const Case c(component);
        const Eigen::VectorXd inner = c.coordinates.inner(c.outer);
        expect_same(c, c.coordinates.outer(inner), c.outer, 1e-9);
        EXPECT_EQ(c.coordinates.advance(inner, Eigen::VectorXd::Zero(c.coordinates.size())), inner);
      }
    }
  }
}

TEST(Coordinates, StepJacobianAgainstDifferences) {
  for (const double q : {0.02, 0.5, 0.99, 1.0 - 1e-4}) {
    for (const SceneComponent& component : all_subsets(q, 0.7)) {
      const Case c(component);
      const Eigen::VectorXd inner = c.coordinates.inner(c.outer);
      const Eigen::MatrixXd jacobian = c.coordinates.step_jacobian(inner);
      const double h = 1e-6 * std::min(1.0, -std::log(q));
      for (int j = 0; j < c.coordinates.size(); ++j) {
        const Eigen::VectorXd step = Eigen::VectorXd::Unit(c.coordinates.size(), j) * h;
        const Eigen::VectorXd ahead = c.coordinates.outer(c.coordinates.advance(inner, step));
        const Eigen::VectorXd behind = c.coordinates.outer(c.coordinates.advance(inner, -step));
        for (int i = 0; i < c.coordinates.size(); ++i) {
          const double slope = (ahead[i] - behind[i]) / (2.0 * h);
          EXPECT_NEAR(jacobian(i, j), slope, 1e-5 * (1.0 + std::abs(slope))) << q << ": " << i << ", " << j;
        }
      }
    }
  }
}

TEST(Coordinates, NoSeamAtQOne) {
  // A straight way through the round galaxy: nearly q = 1 in the middle, the same q on both sides, turned by
  // 90 degrees.
  const Case c(galaxy(0.9, 0.3));
  Eigen::VectorXd inner = c.coordinates.inner(c.outer);
  const Eigen::VectorXd start = inner;
  Eigen::VectorXd step = Eigen::VectorXd::Zero(6);
  step[4] = std::log(0.9);                              // inwards, all the way to the centre
  inner = c.coordinates.advance(inner, step * 1.0034);  // a little more, for steps are shortened
  EXPECT_GT(c.coordinates.outer(inner)[4], 0.9999);
  const Eigen::VectorXd mirrored = c.coordinates.outer(2.0 * inner - start);
  EXPECT_NEAR(mirrored[4], 0.9, 1e-3);
  EXPECT_NEAR(std::abs(test::turn(mirrored[5], 0.3)), M_PI / 2, 1e-9);
  // re sqrt(q) is not changed by any of it.
  EXPECT_NEAR(mirrored[2] * std::sqrt(mirrored[4]), 3.0 * std::sqrt(0.9), 1e-9);
}

TEST(Coordinates, StaysInRangeWhateverTheStep) {
  std::mt19937_64 generator(3);
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  for (SceneComponent component : all_subsets(0.4, 0.7)) {
    component.parameter(Role::kN).min = 0.5;
    component.parameter(Role::kN).max = 8.0;
    component.parameter(Role::kRe).max = 20.0;
    component.parameter(Role::kX).min = 5.0;
    const Case c(component);
    for (int trial = 0; trial < 200; ++trial) {
      Eigen::VectorXd inner = c.coordinates.inner(c.outer);
      for (int k = 0; k < 5; ++k) {
        const double size = std::pow(10.0, 3.0 * uniform(generator));
        const Eigen::VectorXd step =
            Eigen::VectorXd::NullaryExpr(c.coordinates.size(), [&] { return size * uniform(generator); });
        inner = c.coordinates.advance(inner, step);
        ASSERT_TRUE(inner.allFinite());
        const Eigen::VectorXd outer = c.coordinates.outer(inner);
        for (int i = 0; i < c.coordinates.size(); ++i) {
          const FreeParameter& parameter = c.coordinates.parameters()[static_cast<std::size_t>(i)];
          ASSERT_GE(outer[i], parameter.min);
          ASSERT_LE(outer[i], parameter.max);
        }
        // What was brought back to the end of a range lies there, and no further steps are lost beyond it.
        expect_same(c, c.coordinates.outer(c.coordinates.inner(outer)), outer, 1e-9);
      }
    }
  }
}

TEST(Coordinates, HoldsOnlyWhatPushesOutwards) {
  SceneComponent component = galaxy(0.4, 0.7);
  component.parameter(Role::kN).max = 2.5;  // where it stands
  component.parameter(Role::kQ).min = 0.4;
  const Case c(component);
  const Eigen::VectorXd inner = c.coordinates.inner(c.outer);
  EXPECT_EQ(c.coordinates.side(c.outer, 3), 1);
  EXPECT_EQ(c.coordinates.side(c.outer, 4), -1);
  EXPECT_EQ(c.coordinates.side(c.outer, 0), 0);

  const Eigen::MatrixXd chain = c.coordinates.step_jacobian(inner);
  Eigen::VectorXd gradient = Eigen::VectorXd::Zero(6);
  gradient[3] = -1.0;  // falls towards larger n
  gradient[4] = 1.0;   // falls towards smaller q
  Eigen::MatrixXd held = chain;
  c.coordinates.hold_at_bounds(inner, gradient, held);
  EXPECT_TRUE(held.row(3).isZero());
  EXPECT_TRUE(held.col(4).isZero());
  EXPECT_EQ(held.col(5), chain.col(5));

  held = chain;
  c.coordinates.hold_at_bounds(inner, -gradient, held);
  EXPECT_EQ(held, chain);
}

TEST(Coordinates, RangesOfAngles) {
  SceneComponent component = galaxy(0.4, 0.7);
  component.parameter(Role::kTheta).min = 0.0;
  component.parameter(Role::kTheta).max = 1.0;
  Case bounded(component);
  Eigen::VectorXd step = Eigen::VectorXd::Zero(6);
  step[5] = 0.9;
  EXPECT_DOUBLE_EQ(bounded.coordinates.outer(
                       bounded.coordinates.advance(bounded.coordinates.inner(bounded.outer), step))[5],
                   1.0);
  // Half a turn holds every direction: no bound.
  component.parameter(Role::kTheta).max = 3.2;
  EXPECT_FALSE(Case(component).coordinates.parameters()[5].bounded);
}

TEST(Coordinates, MissingNumbersStayMissing) {
  const Case c(galaxy(0.4, 0.7));
  Eigen::VectorXd inner = c.coordinates.inner(c.outer);
  inner.setConstant(test::kNan);
  EXPECT_TRUE(c.coordinates.outer(inner).hasNaN());
}

}  // namespace
}  // namespace gaxel
