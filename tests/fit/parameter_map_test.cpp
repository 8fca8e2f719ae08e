#include "fit/parameter_map.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "fit/fit_support.hpp"
#include "gaxel/error.hpp"

namespace gaxel {
namespace {

using testing::HasSubstr;

const std::vector<BandFrame> kBands{{4000.0, 25.0, {}},
                                    {6000.0, 27.5, {0.6, -0.8, 0.8, 0.6, 5.0, -3.0}},
                                    {9000.0, 22.0, {2.0, 0.0, 0.0, -2.0, 0.0, 40.0}}};

Parameter series(Basis basis, std::vector<double> coefficients, std::vector<std::uint8_t> free) {
  Parameter parameter;
  parameter.basis = basis;
  parameter.coefficients = std::move(coefficients);
  parameter.free_coefficients = std::move(free);
  parameter.free = std::ranges::count(parameter.free_coefficients, 1) > 0;
  return parameter;
}

/// A galaxy with series of all sorts, and a companion that is tied to it.
Scene scene_of_series() {
  Scene scene;
  scene.components = {test::component("sersic", {17.0, 15.0, 100.0, 4.5, 1.7, 0.6, 0.4}, "galaxy"),
                      test::component("sersic", {11.0, 12.0, 50.0, 3.0, 1.0, 0.8, -0.3}, "companion"),
                      test::flat_sky(2.5)};
  SceneComponent& galaxy = scene.components[0];
  galaxy.flux_is_magnitude = true;
  galaxy.parameter(Role::kFlux) = series(Basis::kChebyshev, {20.0, -0.5, 0.1}, {1, 1, 0});
  galaxy.parameter(Role::kRe) = series(Basis::kChebyshev, {4.5, -0.7, 0.05}, {1, 1, 0});
  galaxy.parameter(Role::kN) = series(Basis::kBSpline, {1.0, 2.0, 4.0}, {1, 1, 1});
  galaxy.parameter(Role::kQ) = series(Basis::kChebyshev, {0.6, 0.1, -0.05}, {1, 0, 1});
  SceneComponent& companion = scene.components[1];
  companion.flux_is_magnitude = true;
  companion.parameter(Role::kFlux) = series(Basis::kBands, {50.0, 60.0, 70.0}, {1, 0, 1});
  Parameter& tied = companion.parameter(Role::kRe);
  tied.free = false;
  tied.tie = Tie{"0.5 * re^2 / n + x", {{"re", 0, 3}, {"n", 0, 4}, {"x", 0, 0}}};
  scene.components[2].parameter(Role::kLevel) = series(Basis::kBands, {1.0, 2.0, 3.0}, {1, 1, 1});
  return scene;
}

double value(const ParameterMap& map, int band, std::size_t component, Role role) {
  return map.components(band)[component].value(role);
}

TEST(ParameterMap, ValuesInBandsAreThoseOfTheSeries) {
  const ParameterMap map(scene_of_series(), kBands, "test");
  // x = -1, -0.2, 1
  EXPECT_NEAR(value(map, 0, 0, Role::kRe), 4.5 + 0.7 + 0.05, 1e-12);
  EXPECT_NEAR(value(map, 1, 0, Role::kRe), 4.5 + 0.7 * 0.2 + 0.05 * (2.0 * 0.04 - 1.0), 1e-12);
  EXPECT_NEAR(value(map, 2, 0, Role::kRe), 2.0 * (4.5 - 0.7 + 0.05), 1e-12);
  EXPECT_NEAR(value(map, 0, 0, Role::kFlux), std::pow(10.0, 0.4 * (25.0 - 20.6)), 1e-9);
  EXPECT_NEAR(value(map, 2, 0, Role::kFlux), std::pow(10.0, 0.4 * (22.0 - 19.6)), 1e-9);
  EXPECT_EQ(value(map, 2, 1, Role::kFlux), 70.0);
  EXPECT_NEAR(value(map, 1, 0, Role::kX), 0.6 * 17.0 - 0.8 * 15.0 + 5.0, 1e-12);
  EXPECT_NEAR(value(map, 1, 0, Role::kY), 0.8 * 17.0 + 0.6 * 15.0 - 3.0, 1e-12);
  EXPECT_NEAR(test::turn(value(map, 1, 0, Role::kTheta), 0.4 + std::atan2(0.8, 0.6)), 0.0, 1e-12);
  EXPECT_NEAR(test::turn(value(map, 2, 0, Role::kTheta), -0.4), 0.0, 1e-12);
  EXPECT_NEAR(value(map, 0, 0, Role::kN), 1.0, 1e-12);
  const double re = 5.25;
  EXPECT_NEAR(value(map, 0, 1, Role::kRe), 0.5 * re * re / 1.0 + 17.0, 1e-12);
  EXPECT_EQ(value(map, 1, 2, Role::kLevel), 2.0);
}

TEST(ParameterMap, DerivativesAreThoseOfTheValues) {
  ParameterMap map(scene_of_series(), kBands, "test");
  const Eigen::VectorXd start = map.values();
  std::vector<Eigen::MatrixXd> derivatives;
  for (int band = 0; band < 3; ++band) derivatives.push_back(map.derivatives(band));
  const auto wanted_values = [&](int band) {
    std::vector<double> values;
    std::size_t flat = 0;
    for (const Component& component : map.components(band)) {
      for (const double v : component.values) {
        if (map.wanted(band)[flat++] != 0) values.push_back(v);
      }
    }
    return Eigen::VectorXd(Eigen::Map<const Eigen::VectorXd>(values.data(), std::ssize(values)));
  };
  for (int i = 0; i < map.size(); ++i) {
    const double step = 1e-5 * std::max(1.0, std::abs(start[i]));
    for (int band = 0; band < 3; ++band) {
      map.move_to(start + step * Eigen::VectorXd::Unit(map.size(), i));
      const Eigen::VectorXd ahead = wanted_values(band);
      map.move_to(start - step * Eigen::VectorXd::Unit(map.size(), i));
      const Eigen::VectorXd slope = (ahead - wanted_values(band)) / (2.0 * step);
      const Eigen::VectorXd found = derivatives[static_cast<std::size_t>(band)].col(i);
      ASSERT_EQ(found.size(), slope.size());
      for (int k = 0; k < found.size(); ++k)
        EXPECT_NEAR(found[k], slope[k], 1e-7 * std::max(1.0, std::abs(slope[k])))
            << band << ' ' << i << ' ' << k;
    }
  }
}

TEST(ParameterMap, TheSceneComesBack) {
  ParameterMap map(scene_of_series(), kBands, "test");
  const Scene same = map.scene();
  const Scene given = scene_of_series();
  for (std::size_t c = 0; c < given.components.size(); ++c) {
    for (std::size_t i = 0; i < given.components[c].parameters.size(); ++i) {
      const Parameter& a = given.components[c].parameters[i];
      const Parameter& b = same.components[c].parameters[i];
      for (std::size_t k = 0; k < a.coefficients.size(); ++k)
        EXPECT_NEAR(b.coefficients[k], a.coefficients[k], 1e-12);
      if (a.basis == Basis::kConstant && !a.tie) {
        EXPECT_EQ(a.value, b.value);
      }
    }
  }
  // A step of the nodes is that of the coefficients, by the matrix between them.
  const Eigen::VectorXd step = 0.01 * Eigen::VectorXd::LinSpaced(map.size(), -1.0, 1.0);
  const Eigen::VectorXd moved = map.coefficients_by_nodes() * step;
  map.move_to(map.values() + step);
  const Scene after = map.scene();
  Eigen::Index next = 0;
  for (std::size_t c = 0; c < given.components.size(); ++c) {
    for (std::size_t i = 0; i < given.components[c].parameters.size(); ++i) {
      const Parameter& a = given.components[c].parameters[i];
      const Parameter& b = after.components[c].parameters[i];
      if (a.basis == Basis::kConstant && a.free) {
        EXPECT_NEAR(b.value - a.value, moved[next++], 1e-12);
      }
      for (std::size_t k = 0; k < a.coefficients.size(); ++k) {
        const double change = b.coefficients[k] - a.coefficients[k];
        EXPECT_NEAR(change, a.free_coefficients[k] != 0 ? moved[next++] : 0.0, 1e-12);
      }
    }
  }
  EXPECT_EQ(next, map.size());
}

TEST(ParameterMap, FluxesAreLinearUnlessATieBendsThem) {
  const auto linear_fluxes = [](const std::string& tie) {
    Scene scene;
    scene.components = {test::component("sersic", {17.0, 15.0, 100.0, 4.5, 1.7, 0.6, 0.4}, "a"),
                        test::component("sersic", {11.0, 12.0, 50.0, 3.0, 1.0, 0.8, -0.3}, "b"),
                        test::component("sersic", {11.0, 12.0, 50.0, 3.0, 1.0, 0.8, -0.3}, "c")};
    Parameter& tied = scene.components[2].parameter(Role::kFlux);
    tied.free = false;
    tied.tie = Tie{tie, {{"fa", 0, 2}, {"fb", 1, 2}, {"n", 0, 4}}};
    const ParameterMap map(scene, kBands, "test");
    return std::ranges::count(map.parameters(), true, &FreeParameter::is_linear);
  };
  EXPECT_EQ(linear_fluxes("0.3 * fa + 2 * fb"), 2);
  EXPECT_EQ(linear_fluxes("n * fa"), 2);
  EXPECT_EQ(linear_fluxes("sqrt(fa * fb)"), 0);
  EXPECT_EQ(linear_fluxes("sqrt(fa)"), 1);
  EXPECT_EQ(linear_fluxes("10"), 2);
}

std::string message_of(const Scene& scene, const std::vector<BandFrame>& bands = kBands) {
  try {
    validate(scene, wavelengths_of(bands), "scene.toml");
    const ParameterMap map(scene, bands, "scene.toml");
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(ParameterMap, TiesInACircleAreSaid) {
  Scene scene = scene_of_series();
  Parameter& x = scene.components[0].parameter(Role::kX);
  x.free = false;
  x.tie = Tie{"r", {{"r", 1, 3}}};
  EXPECT_THAT(message_of(scene), HasSubstr("scene.toml: galaxy.x = r: ties that go in a circle"));
}

TEST(ParameterMap, ExpressionsThatCannotBeReadAreSaid) {
  Scene scene = scene_of_series();
  scene.components[1].parameter(Role::kRe).tie = Tie{"2 * rr", {{"re", 0, 3}}};
  EXPECT_THAT(message_of(scene),
              testing::AllOf(HasSubstr("companion.re = 2 * rr"), HasSubstr("numbers and re")));
}

TEST(ParameterMap, MoreCoefficientsThanWavelengthsAreSaid) {
  std::vector<BandFrame> bands = kBands;
  bands[2].wavelength = bands[1].wavelength;
  EXPECT_THAT(message_of(scene_of_series(), bands), HasSubstr("galaxy.n = 3 free coefficients"));
}

TEST(ParameterMap, SkewedPixelsAreSaid) {
  std::vector<BandFrame> bands = kBands;
  bands[1].pixels.xx = 2.0;
  EXPECT_THAT(message_of(scene_of_series(), bands), HasSubstr("skewed or not square"));
}

}  // namespace
}  // namespace gaxel
