#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fit/fit_support.hpp"
#include "gaxel/error.hpp"
#include "gaxel/fit.hpp"

namespace gaxel {
namespace {

using test::Galaxy;

constexpr Galaxy kGalaxy{24.3, 21.8, 5000.0, 5.0, 0.6, 0.7};

Observation good_observation() {
  Image data({44, 48}, 12.0);
  test::add_gaussian(data, kGalaxy);
  return test::observe(std::move(data), 1.0);
}

Scene good_scene() {
  Scene scene;
  scene.components = {test::gaussian(kGalaxy), test::flat_sky(12.0)};
  return scene;
}

TEST(FitInput, ModelsWithoutFiniteValuesAreSaid) {
  const Observation observation = good_observation();
  Scene scene = good_scene();
  scene.components[0] = test::gaussian({24.0, 22.0, 1.7e308, 0.05, 0.9, 0.0});
  scene.components[0].parameter(Role::kFlux).free = false;
  scene.components.push_back(test::gaussian({24.0, 22.0, 1.7e308, 0.05, 0.9, 0.0}, "second"));
  scene.components[2].parameter(Role::kFlux).free = false;
  EXPECT_THROW(fit(observation, scene), FitError);
}

/// The key that the message of fit() names.
std::string wrong_key(const Observation& observation, const Scene& scene, const FitOptions& options = {}) {
  try {
    fit(observation, scene, options);
  } catch (const InputError& problem) {
    return problem.problem().key;
  }
  return "nothing wrong";
}

TEST(FitInput, BadInputIsNamed) {
  const Observation good = good_observation();
  const Scene scene = good_scene();
  Observation bad = good;
  bad.sigma = Image({3, 3}, 1.0);
  EXPECT_EQ(wrong_key(bad, scene), "sigma");
  bad = good;
  bad.used.pop_back();
  EXPECT_EQ(wrong_key(bad, scene), "used");
  bad = good;
  bad.used.assign(bad.used.size(), 0);
  EXPECT_EQ(wrong_key(bad, scene), "used");
  bad = good;
  bad.data(3, 5) = test::kNan;
  EXPECT_EQ(wrong_key(bad, scene), "data(3, 5)");
  bad = good;
  bad.sigma(3, 5) = 0.0;
  EXPECT_EQ(wrong_key(bad, scene), "sigma(3, 5)");
  EXPECT_EQ(wrong_key(Observation{}, scene), "data");

  Scene none_free = scene;
  for (SceneComponent& component : none_free.components) {
    for (Parameter& parameter : component.parameters) parameter.free = false;
  }
  EXPECT_EQ(wrong_key(good, none_free), "free");

  Observation three = good;
  three.used.assign(three.used.size(), 0);
  three.used[0] = three.used[1] = three.used[2] = 1;
  EXPECT_THROW(fit(three, scene), FitError);
}

TEST(FitInput, OptionsAreChecked) {
  EXPECT_EQ(FitOptions().problem(), "");
  const Observation good = good_observation();
  const auto with = [](auto change) {
    FitOptions options;
    change(options);
    return options;
  };
  const std::vector<std::pair<std::string, FitOptions>> wrong{
      {"rtol", with([](FitOptions& o) { o.tolerance.rtol = 0.0; })},
      {"rtol", with([](FitOptions& o) { o.tolerance.rtol = 1.0; })},
      {"atol", with([](FitOptions& o) { o.tolerance.atol = -1.0; })},
      {"max_iterations", with([](FitOptions& o) { o.max_iterations = 0; })},
      {"ftol", with([](FitOptions& o) { o.ftol = test::kNan; })},
      {"threads", with([](FitOptions& o) { o.threads = -1; })}};
  for (const auto& [name, options] : wrong) {
    EXPECT_THAT(options.problem(), testing::StartsWith(name));
    EXPECT_EQ(wrong_key(good, good_scene(), options), "options");
  }
}

}  // namespace
}  // namespace gaxel
