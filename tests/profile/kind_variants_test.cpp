// Kinds with options: names, keys, and that they are kept.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "gaxel/component.hpp"
#include "gaxel/error.hpp"
#include "profile/kind_options.hpp"

namespace gaxel {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> names_of(const ComponentKind& kind) {
  std::vector<std::string> names;
  for (const ParameterSpec& spec : kind.parameters) names.emplace_back(spec.name);
  return names;
}

InputProblem problem_of(std::string_view name) {
  try {
    component_kind(name);
  } catch (const InputError& error) {
    return error.problem();
  }
  return {};
}

TEST(KindVariants, ABrightnessTakesThePlaceOfTheFlux) {
  const ComponentKind& kind = component_kind("sersic+central");
  EXPECT_EQ(kind.name, "sersic+central");
  EXPECT_EQ(&kind.base(), &component_kind("sersic"));
  EXPECT_THAT(kind.options, ElementsAre("central"));
  EXPECT_THAT(names_of(kind), ElementsAre("x", "y", "i0", "re", "n", "q", "theta"));
  EXPECT_EQ(kind.family, Family::kElliptical);
  EXPECT_EQ(kind.brightness_radius, 0.0);
  EXPECT_THAT(names_of(component_kind("moffat+scale")),
              ElementsAre("x", "y", "ie", "fwhm", "beta", "q", "theta"));
  EXPECT_THAT(names_of(component_kind("gaussian+break")),
              ElementsAre("x", "y", "ibreak", "re", "q", "theta"));
  EXPECT_EQ(component_kind("gaussian+break").brightness_radius, kAtBreak);
  EXPECT_EQ(component_kind("gaussian+break").family, Family::kSurface);
}

TEST(KindVariants, AreMadeOnce) {
  EXPECT_EQ(&component_kind("sersic+scale"), &component_kind("sersic+scale"));
  EXPECT_EQ(&component_kind("sersic").base(), &component_kind("sersic"));
}

TEST(KindVariants, FollowFromTheirKeys) {
  const std::array<std::string_view, 3> keys{"re", "i0", "nobody"};
  EXPECT_EQ(&component_kind("sersic", keys), &component_kind("sersic+central"));
  EXPECT_EQ(&component_kind("sersic+central", keys), &component_kind("sersic+central"));
  EXPECT_EQ(&component_kind("sersic", std::array<std::string_view, 1>{"flux"}), &component_kind("sersic"));
}

TEST(KindVariants, ListsOfComponentsAreKeys) {
  EXPECT_EQ(&component_kind("sersic", std::array<std::string_view, 1>{"outer"}),
            &component_kind("sersic+truncated"));
}

TEST(KindVariants, KnowWhatTheirLightIsProportionalTo) {
  EXPECT_THAT(norm_keys(component_kind("sersic+scale")), ElementsAre("flux", "i0", "ie", "ibreak"));
  EXPECT_THAT(norm_keys(component_kind("flatbar")), ElementsAre("i0"));
  EXPECT_THAT(norm_keys(component_kind("sky")), ElementsAre());
}

TEST(KindVariants, SayWhatIsPossible) {
  EXPECT_THAT(problem_of("sersic+centrl").allowed, HasSubstr("did you mean \"central\"?"));
  EXPECT_THAT(problem_of("king+scale").what, HasSubstr("king cannot have the option scale"));
  EXPECT_THAT(problem_of("king+scale").allowed, HasSubstr("central"));
  EXPECT_THAT(problem_of("sky+central").allowed, HasSubstr("sky has no options"));
  EXPECT_THAT(problem_of("sersic+central+scale").allowed, HasSubstr("one of them"));
  EXPECT_THAT(problem_of("sersic+central+central").what, HasSubstr("twice"));
  EXPECT_THAT(problem_of("sersic:3").what, HasSubstr("takes no number"));
  EXPECT_THAT(problem_of("sersic+").what, HasSubstr("plus sign"));
  EXPECT_THAT(problem_of("sersci+central").allowed, HasSubstr("did you mean \"sersic\"?"));
}

TEST(KindVariants, OptionsKnowTheirParameters) {
  for (const ComponentKind& row : component_kinds()) {
    for (const KindOption& option : kind_options()) {
      if (!option.possible(row) || option.max_count > 0) continue;
      const ComponentKind& kind = component_kind(std::string(row.name) + "+" + std::string(option.name));
      for (const OptionUse& use : options_of(kind)) {
        const auto added = use.option->parameters(row, use.count);
        for (std::size_t i = 0; i < added.size(); ++i) {
          const int found = kind.index_of(added[i].name);
          ASSERT_GE(found, 0);
          if (use.option->part == ShapePart::kNone) continue;
          EXPECT_EQ(static_cast<std::size_t>(found), use.first + i) << kind.name;
        }
      }
    }
  }
}

}  // namespace
}  // namespace gaxel
