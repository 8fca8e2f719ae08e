#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numbers>
#include <string>

#include "fit/fit_support.hpp"
#include "fit/image_moments.hpp"
#include "gaxel/error.hpp"

namespace gaxel {
namespace {

using test::kNan;

constexpr Shape kShape{80, 100};

SceneComponent unknown(std::string_view kind, const std::string& name = "galaxy") {
  SceneComponent component;
  component.kind = &component_kind(kind);
  component.name = name;
  component.parameters.resize(component.kind->parameters.size());
  for (std::size_t i = 0; i < component.parameters.size(); ++i) {
    component.parameters[i].free = component.kind->parameters[i].fittable;
  }
  return component;
}

SceneComponent unknown_at(std::string_view kind, double x, double y, const std::string& name) {
  SceneComponent component = unknown(kind, name);
  component.parameter(Role::kX).value = x;
  component.parameter(Role::kY).value = y;
  return component;
}

double start(const Scene& scene, std::size_t component, Role role) {
  return scene.components[component].parameter(role).value;
}

TEST(StartingValues, OfOneGalaxyOnASky) {
  for (const double theta : {-1.2, 0.0, 0.5}) {
    for (const double unit : {1e-12, 1.0, 1e4}) {
      Image data(kShape, 7.0 * unit);
      test::add_gaussian(data, {52.3, 38.6, 4000.0 * unit, 6.0, 0.5, theta});
      Observation observation = test::observe(std::move(data), 0.5 * unit);
      test::add_noise(observation, 2);
      Scene scene;
      scene.components = {unknown("gaussian"), unknown("sky", "sky")};
      estimate_starting_values(observation, scene);
      EXPECT_NEAR(start(scene, 0, Role::kX), 52.3, 2.0);
      EXPECT_NEAR(start(scene, 0, Role::kY), 38.6, 2.0);
      EXPECT_NEAR(start(scene, 0, Role::kFlux) / (4000.0 * unit), 1.0, 0.1);
      EXPECT_NEAR(start(scene, 0, Role::kRe) / 6.0, 1.0, 0.3);
      EXPECT_NEAR(start(scene, 0, Role::kQ), 0.5, 0.1);
      EXPECT_NEAR(test::turn(start(scene, 0, Role::kTheta), theta), 0.0, 0.1);
      EXPECT_NEAR(start(scene, 1, Role::kLevel) / unit, 7.0, 0.2);
      EXPECT_EQ(start(scene, 1, Role::kSlopeX), 0.0);
      EXPECT_NEAR(start(scene, 1, Role::kX), 49.5, 1e-12);
      EXPECT_NEAR(start(scene, 1, Role::kY), 39.5, 1e-12);
    }
  }
}

TEST(StartingValues, TakeThePsfOutOfTheSize) {
  Image kernel({25, 25});
  test::add_gaussian(kernel, {12.0, 12.0, 1.0, 4.0, 1.0, 0.0});
  Image data(kShape);
  // A Gaussian of re 3 blurred by one of re 4 is one of re 5.
  test::add_gaussian(data, {50.0, 40.0, 1000.0, 5.0, 1.0, 0.0});
  Observation observation = test::observe(std::move(data), 0.01);
  observation.psfs.emplace_back(std::move(kernel));
  Scene scene;
  scene.components = {unknown("gaussian")};
  estimate_starting_values(observation, scene);
  EXPECT_NEAR(start(scene, 0, Role::kRe), 3.0, 0.4);
}

TEST(StartingValues, OnlyFillWhatIsMissing) {
  Image data(kShape);
  test::add_gaussian(data, {50.0, 40.0, 1000.0, 5.0, 0.7, 0.3});
  const Observation observation = test::observe(std::move(data), 0.1);
  Scene scene;
  scene.components = {test::component("sersic", {48.0, kNan, 17.0, kNan, 9.5, kNan, 2.5})};
  scene.components[0].parameter(Role::kRe).min = 20.0;
  scene.components[0].parameter(Role::kRe).max = 30.0;
  scene.components[0].parameter(Role::kQ).max = 0.4;
  estimate_starting_values(observation, scene);
  EXPECT_EQ(start(scene, 0, Role::kX), 48.0);
  EXPECT_NEAR(start(scene, 0, Role::kY), 40.0, 1.0);
  EXPECT_EQ(start(scene, 0, Role::kFlux), 17.0);
  EXPECT_EQ(start(scene, 0, Role::kRe), 20.0);  // inside the bounds given
  EXPECT_EQ(start(scene, 0, Role::kN), 9.5);
  EXPECT_EQ(start(scene, 0, Role::kQ), 0.4);
  EXPECT_EQ(start(scene, 0, Role::kTheta), 2.5);
}

TEST(StartingValues, SeveralGalaxiesShareTheLight) {
  Image data(kShape);
  test::add_gaussian(data, {25.0, 30.0, 6000.0, 4.0, 0.9, 0.0});
  test::add_gaussian(data, {70.0, 50.0, 1500.0, 3.0, 0.6, 0.9});
  Observation observation = test::observe(std::move(data), 0.5);
  test::add_noise(observation, 3);
  for (const bool places_given : {true, false}) {
    Scene scene;
    scene.components = {unknown("gaussian", "a"), unknown("gaussian", "b")};
    if (places_given) {
      scene.components = {unknown_at("gaussian", 25.0, 30.0, "a"), unknown_at("gaussian", 70.0, 50.0, "b")};
    }
    estimate_starting_values(observation, scene);
    EXPECT_NEAR(start(scene, 0, Role::kX), 25.0, 2.0);
    EXPECT_NEAR(start(scene, 0, Role::kFlux) / 6000.0, 1.0, 0.15);
    EXPECT_NEAR(start(scene, 1, Role::kX), 70.0, 2.0);
    EXPECT_NEAR(start(scene, 1, Role::kY), 50.0, 2.0);
    EXPECT_NEAR(start(scene, 1, Role::kFlux) / 1500.0, 1.0, 0.25);
    EXPECT_NEAR(start(scene, 1, Role::kQ), 0.6, 0.1);
  }
}

TEST(StartingValues, ComponentsOfOneGalaxyDifferInSize) {
  Image data(kShape);
  test::add_gaussian(data, {50.0, 40.0, 3000.0, 6.0, 0.8, 0.0});
  Observation observation = test::observe(std::move(data), 0.2);
  test::add_noise(observation, 4);
  Scene scene;
  scene.components = {unknown("exponential", "disc"), unknown("sersic", "bulge"),
                      unknown("pointsource", "nucleus")};
  estimate_starting_values(observation, scene);
  EXPECT_LT(start(scene, 1, Role::kRe), 6.0);
  EXPECT_GT(start(scene, 0, Role::kRe), 6.0);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(start(scene, i, Role::kX), 50.0, 2.0);
    EXPECT_NEAR(start(scene, i, Role::kFlux), 1000.0, 150.0);
  }
}

TEST(StartingValues, MaskedPixelsDoNotCount) {
  Image data(kShape);
  test::add_gaussian(data, {50.0, 40.0, 1000.0, 4.0, 0.9, 0.0});
  Observation observation = test::observe(std::move(data), 0.1);
  for (int row = 10; row < 20; ++row) {
    for (int column = 70; column < 90; ++column) {
      observation.data(row, column) = row % 2 == 0 ? 1e9 : kNan;
      observation.used[static_cast<std::size_t>(row * kShape.nx + column)] = 0;
    }
  }
  Scene scene;
  scene.components = {unknown("gaussian"), unknown("sky", "sky")};
  estimate_starting_values(observation, scene);
  EXPECT_NEAR(start(scene, 0, Role::kX), 50.0, 2.0);
  EXPECT_NEAR(start(scene, 0, Role::kFlux) / 1000.0, 1.0, 0.1);
  EXPECT_NEAR(start(scene, 1, Role::kLevel), 0.0, 0.1);
}

TEST(StartingValues, SkyBesideAGalaxyOnTheBorder) {
  Image data(kShape, 20.0);
  test::add_gaussian(data, {2.0, 40.0, 9e4, 15.0, 1.0, 0.0});
  Observation observation = test::observe(std::move(data), 1.0);
  test::add_noise(observation, 5);
  EXPECT_NEAR(sky_level(observation), 20.0, 0.5);
}

TEST(StartingValues, NoLightIsSaid) {
  Observation observation = test::observe(Image(kShape, 3.0), 1.0);
  test::add_noise(observation, 6);
  Scene scene;
  scene.components = {unknown("sersic"), unknown("sky", "sky")};
  EXPECT_THROW(estimate_starting_values(observation, scene), FitError);
  // A sky alone needs none.
  scene.components = {unknown("sky", "sky")};
  estimate_starting_values(observation, scene);
  EXPECT_NEAR(start(scene, 0, Role::kLevel), 3.0, 0.3);
}

Observation noise_only() {
  Observation observation = test::observe(Image(kShape), 1.0);
  test::add_noise(observation, 6);
  return observation;
}

std::string failure(const Observation& observation, Scene scene) {
  try {
    estimate_starting_values(observation, scene);
  } catch (const FitError& error) {
    return error.what();
  }
  return "none";
}

TEST(StartingValues, NoLightAtAGivenPlaceIsSaidWithComponentAndPlace) {
  Scene scene;
  scene.components = {test::component("sersic", {12.0, 60.0, 5.0, 3.0, 2.0, kNan, kNan}),
                      unknown_at("gaussian", 25.5, 30.25, "bulge")};
  EXPECT_THAT(failure(noise_only(), scene),
              testing::AllOf(testing::StartsWith("bulge: no light above the noise"),
                             testing::HasSubstr("x = 25.5, y = 30.25 (0-based")));
  // Off the image there is none either.
  scene.components = {unknown_at("sersic", -300.0, 30.0, "far")};
  EXPECT_THAT(failure(noise_only(), scene),
              testing::AllOf(testing::StartsWith("far: "), testing::HasSubstr("x = -300, y = 30 ")));
  for (const Role missing : {Role::kFlux, Role::kRe}) {
    scene.components = {test::component("sersic", {12.0, 60.0, 5.0, 3.0, 2.0, 0.5, 0.1})};
    scene.components[0].parameter(missing).value = kNan;
    EXPECT_THAT(failure(noise_only(), scene), testing::HasSubstr("x = 12, y = 60 "));
  }
  // Whose place is not known cannot be looked for there.
  scene.components = {test::component("sersic", {12.0, 60.0, 5.0, 3.0, 2.0, 0.5, 0.1}),
                      test::component("sersic", {kNan, kNan, 5.0, 3.0, 2.0, 0.5, 0.1})};
  EXPECT_EQ(failure(noise_only(), scene), "the image has no light above its noise to start from");
}

TEST(StartingValues, WithoutLightShapesAreNearlyRound) {
  Scene scene;
  scene.components = {test::component("sersic", {12.0, 60.0, 5.0, 3.0, kNan, kNan, kNan}),
                      test::component("sersic", {80.0, 20.0, 5.0, 3.0, 1.0, kNan, 0.3})};
  estimate_starting_values(noise_only(), scene);
  for (const std::size_t component : {0, 1}) EXPECT_EQ(start(scene, component, Role::kQ), 0.9);
  EXPECT_DOUBLE_EQ(start(scene, 0, Role::kTheta), std::numbers::pi / 2.0);  // position angle 0
  EXPECT_EQ(start(scene, 1, Role::kTheta), 0.3);
  EXPECT_EQ(start(scene, 0, Role::kFlux), 5.0);
}

TEST(StartingValues, ADarkPlaceBesideAGalaxyIsNoFailure) {
  Observation observation = test::observe(Image(kShape), 1.0);
  test::add_gaussian(observation.data, {70.0, 50.0, 9000.0, 4.0, 0.4, 0.9});
  test::add_noise(observation, 7);
  Scene scene;
  scene.components = {unknown_at("gaussian", 70.0, 50.0, "bright"), unknown_at("gaussian", 8.0, 8.0, "dark")};
  estimate_starting_values(observation, scene);
  EXPECT_NEAR(start(scene, 0, Role::kQ), 0.4, 0.1);
  EXPECT_EQ(start(scene, 1, Role::kQ), 0.9);
  EXPECT_GT(start(scene, 1, Role::kFlux), 0.0);
}

TEST(ImageMoments, MedianAfterClipping) {
  EXPECT_EQ(clipped_median({5.0}), 5.0);
  EXPECT_TRUE(std::isnan(clipped_median({})));
  std::vector<double> values;
  for (int i = 0; i <= 100; ++i) values.push_back(i * 0.01);
  for (int i = 0; i < 20; ++i) values.push_back(1e6);
  EXPECT_NEAR(clipped_median(values), 0.5, 0.011);
}

TEST(ImageMoments, OfAGaussianAreItsOwn) {
  Image data(kShape);
  const double q = 0.4;
  const double theta = 0.8;
  test::add_gaussian(data, {50.2, 40.1, 100.0, 7.0, q, theta});
  const Image sigma(kShape, 1.0);
  const Light light{data, &sigma, std::vector<std::uint8_t>(kShape.size(), 1)};
  const Ellipse ellipse = adaptive_moments(light, {50.2, 40.1}, 4.0);
  EXPECT_NEAR(ellipse.axis_ratio(), q, 0.01);
  EXPECT_NEAR(ellipse.direction(), theta, 0.01);
  EXPECT_NEAR(ellipse.mean_square() / (q * 49.0 / (2.0 * std::log(2.0))), 1.0, 0.03);
}

}  // namespace
}  // namespace gaxel
