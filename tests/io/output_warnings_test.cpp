#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/output_fixture.hpp"
#include "io/result_warnings.hpp"

namespace gaxel::io {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ResultWarnings : public testing::Test {
 protected:
  Task task = testing_support::sample_task();
  FitResult result = testing_support::sample_result(task);

  void SetUp() override {
    for (auto& flags : result.flags) std::ranges::fill(flags, ParameterFlag::kNone);
  }
  SceneComponent& galaxy() { return result.scene.components.at(0); }
};

TEST_F(ResultWarnings, NothingToSayOfASoundResult) {
  EXPECT_THAT(result_warnings(task, result), IsEmpty());
}

TEST_F(ResultWarnings, FlagsAreNamedByTheirKeys) {
  result.flags.at(0).at(2) = ParameterFlag::kAtBound;
  result.flags.at(1).at(0) = ParameterFlag::kDegenerate;
  const auto warnings = result_warnings(task, result);
  EXPECT_THAT(warnings, SizeIs(2));
  EXPECT_THAT(warnings, Contains(HasSubstr(galaxy().name + ".mag ended at the end of its range")));
  EXPECT_THAT(warnings,
              Contains(HasSubstr(result.scene.components.at(1).name + ".x is not told by the data")));
}

TEST_F(ResultWarnings, WhatStayedAndWhatIsHardlyTold) {
  result.flags.at(0).at(3) = ParameterFlag::kUnconstrained;
  result.flags.at(0).at(4) = ParameterFlag::kDidNotMove;
  const auto warnings = result_warnings(task, result);
  EXPECT_THAT(warnings, SizeIs(2));
  EXPECT_THAT(warnings, Contains(HasSubstr(galaxy().name + ".re is hardly told by the data")));
  EXPECT_THAT(warnings, Contains(HasSubstr(galaxy().name + ".n stayed at its start")));
}

TEST_F(ResultWarnings, LightThatLeftTheImage) {
  const auto flux = static_cast<std::size_t>(galaxy().kind->index_of(Role::kFlux));
  result.bands.at(0).components.at(0).values.at(flux) = -5.0;
  galaxy().parameter(Role::kRe).value = 1000.0;
  galaxy().parameter(Role::kX).value = 60.0;
  const auto warnings = result_warnings(task, result);
  EXPECT_THAT(warnings, Contains(HasSubstr("negative flux")));
  EXPECT_THAT(warnings, Contains(HasSubstr("larger than the image: re = 1000 pixels")));
  EXPECT_THAT(warnings, Contains(HasSubstr("centre outside the image")));
  for (Parameter& parameter : galaxy().parameters) parameter.free = false;
  EXPECT_THAT(result_warnings(task, result), SizeIs(1));  // where the user put it, only the flux is strange
}

}  // namespace
}  // namespace gaxel::io
