#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "gaxel/component.hpp"
#include "gaxel/error.hpp"
#include "gaxel/light_image.hpp"
#include "profile/make_law.hpp"
#include "profile/sersic.hpp"

namespace gaxel {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

std::vector<std::string> parameter_names(const ComponentKind& kind) {
  std::vector<std::string> names;
  for (const ParameterSpec& spec : kind.parameters) names.emplace_back(spec.name);
  return names;
}

Component sersic() {
  return {&component_kind("sersic"), {10.0, 12.0, 100.0, 5.0, 2.5, 0.7, 0.3}};
}

std::string problem_key(const Component& component) {
  try {
    validate(component);
  } catch (const InputError& error) {
    return error.problem().key;
  }
  return "valid";
}

TEST(Registry, HoldsTheKindsInOrder) {
  std::vector<std::string> names;
  for (const ComponentKind& kind : component_kinds()) names.emplace_back(kind.name);
  EXPECT_THAT(names,
              testing::ElementsAre("sersic", "exponential", "devaucouleurs", "gaussian", "moffat", "king",
                                   "ferrers", "nuker", "coresersic", "brokenexponential", "gaussianring",
                                   "gaussianring2side", "flatbar", "edgeondisc", "edgeondiscn", "image",
                                   "pointsource", "truncation", "sky", "spline", "mge", "skychebyshev"));
}

TEST(Registry, GivesEachKindItsParameters) {
  using testing::ElementsAre;
  EXPECT_THAT(parameter_names(component_kind("sersic")),
              ElementsAre("x", "y", "flux", "re", "n", "q", "theta"));
  for (const char* name : {"exponential", "devaucouleurs", "gaussian"}) {
    EXPECT_THAT(parameter_names(component_kind(name)), ElementsAre("x", "y", "flux", "re", "q", "theta"));
  }
  EXPECT_THAT(parameter_names(component_kind("moffat")),
              ElementsAre("x", "y", "flux", "fwhm", "beta", "q", "theta"));
  EXPECT_THAT(parameter_names(component_kind("king")),
              ElementsAre("x", "y", "flux", "rc", "rt", "alpha", "q", "theta"));
  EXPECT_THAT(parameter_names(component_kind("ferrers")),
              ElementsAre("x", "y", "flux", "rout", "alpha", "beta", "q", "theta"));
  EXPECT_THAT(parameter_names(component_kind("image")), ElementsAre("x", "y", "flux", "scale", "theta"));
  EXPECT_THAT(parameter_names(component_kind("pointsource")), ElementsAre("x", "y", "flux"));
  EXPECT_THAT(parameter_names(component_kind("sky")), ElementsAre("level", "slope_x", "slope_y", "x", "y"));
}

TEST(Registry, ImagesAndNoOthersNeedAnImage) {
  Component image{&component_kind("image"), {1.0, 2.0, 3.0, 1.0, 0.0}};
  Component point{&component_kind("pointsource"), {1.0, 2.0, 3.0}};
  EXPECT_EQ(problem_key(image), "image");
  EXPECT_EQ(problem_key(point), "valid");
  EXPECT_NO_THROW(validate_values(image));
  image.image = point.image = std::make_shared<const LightImage>(Image(Shape{2, 2}, 1.0));
  EXPECT_EQ(problem_key(image), "valid");
  EXPECT_EQ(problem_key(point), "image");
  image.values[3] = 0.0;
  EXPECT_EQ(problem_key(image), "scale");
}

TEST(Registry, FixedShapesAreSersicProfiles) {
  for (const auto& [name, n] : {std::pair{"exponential", 1.0}, {"devaucouleurs", 4.0}, {"gaussian", 0.5}}) {
    const Component component{&component_kind(name), {10.0, 12.0, 100.0, 5.0, 0.7, 0.3}};
    EXPECT_EQ(make_law(component)->value(1.7), SersicLaw(n).value(1.7)) << name;
  }
}

TEST(Registry, RowsAreConsistent) {
  for (const ComponentKind& kind : component_kinds()) {
    EXPECT_EQ(&component_kind(kind.name).base(), &kind);
    std::set<std::string_view> names;
    for (const ParameterSpec& spec : kind.parameters) {
      EXPECT_TRUE(names.insert(spec.name).second) << kind.name << ' ' << spec.name;
      EXPECT_LT(spec.min, spec.max);
      EXPECT_FALSE(spec.doc.empty());
      EXPECT_TRUE(std::isnan(spec.fallback) || (spec.fallback >= spec.min && spec.fallback <= spec.max));
      const bool several = std::ranges::count(kind.parameters, spec.role, &ParameterSpec::role) > 1;
      EXPECT_EQ(several, kind.max_count > 0 && several) << kind.name << ' ' << spec.name;
      if (!several) {
        EXPECT_EQ(kind.parameters[static_cast<std::size_t>(kind.index_of(spec.role))].name, spec.name);
      }
    }
  }
}

TEST(Registry, WhatIsConstant) {
  const std::map<std::string_view, std::set<std::string_view>> constants{
      {"sky", {"x", "y"}},
      {"skychebyshev", {"x", "y", "half_width", "half_height"}},
      {"spline", {"r_min", "r_max", "smoothness"}},
      {"mge", {"sigma_min", "sigma_max"}}};
  for (const ComponentKind& kind : component_kinds()) {
    const auto of_kind = constants.find(kind.name);
    for (const ParameterSpec& spec : kind.parameters) {
      const bool constant = of_kind != constants.end() && of_kind->second.contains(spec.name);
      EXPECT_EQ(spec.fittable, !constant) << kind.name << ' ' << spec.name;
    }
  }
}

TEST(Registry, ANumberMakesAsManyParameters) {
  using testing::ElementsAre;
  const ComponentKind& mge = component_kind("mge:2");
  EXPECT_EQ(&mge, &component_kind("mge:2"));
  EXPECT_THAT(parameter_names(mge),
              ElementsAre("x", "y", "flux1", "flux2", "sigma_min", "sigma_max", "q", "theta"));
  EXPECT_THAT(parameter_names(component_kind("skychebyshev:2")),
              ElementsAre("c00", "c10", "c20", "c01", "c11", "c02", "x", "y", "half_width", "half_height"));
  EXPECT_EQ(component_kind("spline:30").parameters.size(), 37);
}

TEST(Registry, ANumberThatIsLeftOutFollowsFromTheParameters) {
  const std::vector<std::string_view> keys{"i2", "i7"};
  EXPECT_EQ(component_kind("spline", keys).name, "spline:7");
  EXPECT_EQ(component_kind("spline").name, "spline:3");
  EXPECT_EQ(component_kind("spline:4", keys).name, "spline:4");
  for (const char* wrong :
       {"spline:2", "spline:31", "spline:x", "spline:", "mge:0", "skychebyshev:10", "sersic:2"}) {
    EXPECT_THROW(component_kind(wrong), InputError) << wrong;
  }
}

TEST(Registry, UnknownKindsGetTheNearestName) {
  try {
    component_kind("sersci");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_EQ(error.problem().key, "type");
    EXPECT_EQ(error.problem().value, "\"sersci\"");
    EXPECT_THAT(error.problem().allowed, testing::HasSubstr("did you mean \"sersic\"?"));
  }
  EXPECT_THROW(component_kind(""), InputError);
}

TEST(Component, ValueByRole) {
  EXPECT_EQ(sersic().value(Role::kQ), 0.7);
  EXPECT_TRUE(std::isnan(sersic().value(Role::kLevel)));
  EXPECT_EQ(component_kind("sersic").index_of(Role::kLevel), -1);
}

TEST(ValidateComponent, AcceptsTheEndsOfTheRanges) {
  for (const double n : {0.1, 20.0}) {
    for (const double q : {0.01, 1.0}) {
      for (const double re : {0.01, 1e5}) {
        Component component = sersic();
        component.values = {-1e6, 1e6, -5.0, re, n, q, 100.0};
        EXPECT_EQ(problem_key(component), "valid");
      }
    }
  }
}

struct BadValue {
  std::size_t index;
  double value;
  const char* key;
};

void PrintTo(const BadValue& bad, std::ostream* stream) {
  *stream << bad.key << " = " << bad.value;
}

class ValidateBadValue : public testing::TestWithParam<BadValue> {};

TEST_P(ValidateBadValue, NamesTheParameter) {
  Component component = sersic();
  component.values[GetParam().index] = GetParam().value;
  EXPECT_EQ(problem_key(component), GetParam().key);
}

INSTANTIATE_TEST_SUITE_P(Sersic, ValidateBadValue,
                         testing::Values(BadValue{0, kNan, "x"}, BadValue{1, kInf, "y"},
                                         BadValue{2, -kInf, "flux"}, BadValue{3, 0.0099, "re"},
                                         BadValue{3, 1.1e5, "re"}, BadValue{3, kNan, "re"},
                                         BadValue{3, -1.0, "re"}, BadValue{4, 0.0999, "n"},
                                         BadValue{4, 20.001, "n"}, BadValue{5, 0.0, "q"},
                                         BadValue{5, 1.0001, "q"}, BadValue{6, kInf, "theta"}));

TEST(ValidateComponent, RejectsMissingKindsAndValues) {
  EXPECT_EQ(problem_key(Component{}), "type");
  Component component = sersic();
  component.values.pop_back();
  EXPECT_EQ(problem_key(component), "values");
}

}  // namespace
}  // namespace gaxel
