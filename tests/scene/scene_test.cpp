#include "gaxel/scene.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <ostream>
#include <stdexcept>
#include <string>

#include "gaxel/error.hpp"

namespace gaxel {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

SceneComponent component(const std::string& type, const std::string& name,
                         const std::vector<double>& values) {
  SceneComponent result;
  result.kind = &component_kind(type);
  result.name = name;
  for (std::size_t i = 0; i < values.size(); ++i) {
    result.parameters.push_back({values[i], result.kind->parameters[i].fittable, -kInf, kInf});
  }
  return result;
}

Scene galaxy_on_sky() {
  return {{component("sersic", "galaxy", {10.0, 12.0, 100.0, 5.0, 2.5, 0.7, 0.3}),
           component("sky", "sky1", {1.0, 0.0, 0.0, 20.0, 20.0})}};
}

/// Key of the problem that validate() finds, or "valid".
std::string problem_key(const Scene& scene) {
  try {
    validate(scene, "scene.toml");
  } catch (const InputError& error) {
    EXPECT_EQ(error.problem().source, "scene.toml");
    EXPECT_FALSE(error.problem().what.empty());
    return error.problem().key;
  }
  return "valid";
}

TEST(Scene, RenderListKeepsOrderAndValues) {
  const auto list = galaxy_on_sky().render_list();
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].kind, &component_kind("sersic"));
  EXPECT_EQ(list[0].values, (std::vector<double>{10.0, 12.0, 100.0, 5.0, 2.5, 0.7, 0.3}));
  EXPECT_EQ(list[1].value(Role::kLevel), 1.0);
}

TEST(Scene, CountsFreeParameters) {
  Scene scene = galaxy_on_sky();
  EXPECT_EQ(scene.n_free(), 10);  // seven of the galaxy, three of the sky: its pivot is constant
  scene.components[0].parameter(Role::kN).free = false;
  EXPECT_EQ(scene.n_free(), 9);
  EXPECT_EQ(Scene{}.n_free(), 0);
}

TEST(Scene, ParameterByRole) {
  const Scene scene = galaxy_on_sky();
  EXPECT_EQ(scene.components[0].parameter(Role::kN).value, 2.5);
  EXPECT_THROW(scene.components[1].parameter(Role::kN), std::out_of_range);
}

TEST(ValidateScene, AcceptsValuesYetToBeEstimatedAndBounds) {
  Scene scene = galaxy_on_sky();
  EXPECT_EQ(problem_key(scene), "valid");
  for (Parameter& parameter : scene.components[0].parameters) parameter.value = kNan;
  scene.components[0].parameter(Role::kN) = {kNan, true, 0.5, 8.0};
  EXPECT_EQ(problem_key(scene), "valid");
}

struct Mistake {
  const char* name;
  std::function<void(Scene&)> make;
  const char* key;
};

void PrintTo(const Mistake& mistake, std::ostream* stream) {
  *stream << mistake.name;
}

class ValidateMistake : public testing::TestWithParam<Mistake> {};

TEST_P(ValidateMistake, IsNamed) {
  Scene scene = galaxy_on_sky();
  GetParam().make(scene);
  EXPECT_EQ(problem_key(scene), GetParam().key);
}

Parameter& parameter(Scene& scene, Role role) {
  return scene.components[0].parameter(role);
}

INSTANTIATE_TEST_SUITE_P(
    All, ValidateMistake,
    testing::Values(
        Mistake{"NoComponents", [](Scene& s) { s.components.clear(); }, "component"},
        Mistake{"NoKind", [](Scene& s) { s.components[0].kind = nullptr; }, "galaxy.type"},
        Mistake{"TooFewParameters", [](Scene& s) { s.components[0].parameters.pop_back(); }, "galaxy"},
        Mistake{"SameName", [](Scene& s) { s.components[1].name = "galaxy"; }, "name"},
        Mistake{"OutOfRange", [](Scene& s) { parameter(s, Role::kQ).value = 1.5; }, "galaxy.q"},
        Mistake{"Infinite", [](Scene& s) { parameter(s, Role::kX).value = kInf; }, "galaxy.x"},
        Mistake{"BelowBound", [](Scene& s) { parameter(s, Role::kN).min = 3.0; }, "galaxy.n"},
        Mistake{"AboveBound", [](Scene& s) { parameter(s, Role::kN).max = 2.0; }, "galaxy.n"},
        Mistake{"BoundsReversed", [](Scene& s) { parameter(s, Role::kN) = {kNan, true, 3.0, 2.0}; },
                "galaxy.n"},
        Mistake{"BoundsEqual", [](Scene& s) { parameter(s, Role::kN) = {2.0, true, 2.0, 2.0}; }, "galaxy.n"},
        Mistake{"MinOutOfRange", [](Scene& s) { parameter(s, Role::kN).min = 0.05; }, "galaxy.n.min"},
        Mistake{"MaxOutOfRange", [](Scene& s) { parameter(s, Role::kRe).max = 1e6; }, "galaxy.re.max"},
        Mistake{"BoundIsNan", [](Scene& s) { parameter(s, Role::kRe).max = kNan; }, "galaxy.re.max"},
        Mistake{"NegativeMagnitude",
                [](Scene& s) {
                  s.components[0].flux_is_magnitude = true;
                  parameter(s, Role::kFlux).value = -1.0;
                },
                "galaxy.flux"},
        Mistake{"FreePivot", [](Scene& s) { s.components[1].parameter(Role::kX).free = true; }, "sky1.x"}),
    testing::PrintToStringParamName());

}  // namespace
}  // namespace gaxel
