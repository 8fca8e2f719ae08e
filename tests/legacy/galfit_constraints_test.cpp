#include "legacy/galfit_constraints.hpp"

#include "legacy/legacy_support.hpp"

namespace gaxel::legacy {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(GalfitConstraints, EveryFormIsRead) {
  const GalfitDocument document = example("bulge_disc.feedme");
  const GalfitConstraints read = constraints(
      "# comment\n3_2_1 x offset\n1_2 re ratio\n 1-2  mag  -0.5  3\n1/2 re 0.05 1.0\n1 n 0.0001  to 8.\n2 x "
      "-1 0.5\n"
      "2 x -1 in 0.5\n1 re factor 3.0\n2 rs 1 to 2\n2 f1a 0 to 1\n2 f1p -5 5\n1 c -1 to 1\n4 sky 1 to 2\n1 "
      "10 -90 to 90\n",
      document);
  const std::vector<GalfitConstraint>& list = read.constraints;
  ASSERT_EQ(list.size(), 14u);
  EXPECT_THAT(list[0].components, ElementsAre(3, 2, 1));
  EXPECT_EQ(list[0].form, ConstraintForm::kOffset);
  EXPECT_EQ(list[1].form, ConstraintForm::kFixedRatio);
  EXPECT_EQ(list[2].form, ConstraintForm::kDifference);
  EXPECT_EQ(list[2].low, -0.5);
  EXPECT_EQ(list[3].form, ConstraintForm::kRatio);
  EXPECT_EQ(list[4].form, ConstraintForm::kAbsolute);
  EXPECT_EQ(list[4].high, 8.0);
  EXPECT_EQ(list[5].form, ConstraintForm::kRelative);
  EXPECT_EQ(list[6].form, ConstraintForm::kRelative);
  EXPECT_EQ(list[7].form, ConstraintForm::kFactor);
  const auto place = [&](std::size_t i) {
    const auto& object = document.objects[static_cast<std::size_t>(list[i].components.front() - 1)];
    const ParameterPlace found = *find_parameter(object, list[i].parameter);
    return found.row + "/" + std::to_string(found.index);
  };
  EXPECT_EQ(place(5), "1/0");
  EXPECT_EQ(place(8), "4/0");
  EXPECT_EQ(place(9), "F1/0");
  EXPECT_EQ(place(10), "F1/1");
  EXPECT_EQ(place(11), "C0/0");
  EXPECT_EQ(place(12), "1/0");
  EXPECT_EQ(place(13), "10/0");
}

TEST(GalfitConstraints, BandsAndCoefficientsAreTold) {
  const GalfitDocument document = example("multiband_band.feedme");
  const std::string path = (kExamples / "multiband.constraints").string();
  const GalfitConstraints read = parse_constraints(TextDocument::read(path), document);
  const std::vector<GalfitConstraint>& list = read.constraints;
  ASSERT_EQ(list.size(), 6u);
  EXPECT_EQ(list[1].form, ConstraintForm::kFactor);
  EXPECT_EQ(list[3].form, ConstraintForm::kReference);
  EXPECT_EQ(list[4].scope, ConstraintScope::kBand);
  EXPECT_EQ(list[4].band, 1u);
  EXPECT_EQ(list[5].scope, ConstraintScope::kCoefficient);
  EXPECT_EQ(list[5].coefficient, 1);
  // y stands on a line of its own.
  EXPECT_EQ(find_parameter(document.objects[1], "y")->row, "2");
}

class BadConstraint : public testing::TestWithParam<Mistake> {};

TEST_P(BadConstraint, IsNamed) {
  const GalfitDocument document = example("multiband_band.feedme");
  try {
    constraints(GetParam().text, document);
    FAIL() << "was read";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr(GetParam().message));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Lines, BadConstraint,
    testing::Values(Mistake{"NoSuchComponent", "\n7 n 1 to 2\n",
                            "a.con:2: component = 7: there is no component 7 (1 to 2)"},
                    Mistake{"Huge", "99999999999 n 1 to 2\n", "no components"},
                    Mistake{"Letters", "a n 1 to 2\n", "component = a: no components (a number"},
                    Mistake{"Twice", "2_2 n offset\n", "component 2 is named twice"},
                    Mistake{"Three", "1-2-1 n 1 2\n", "named twice"},
                    Mistake{"Parameter", "1 n 1 to 2\n", "component 1 (sky) has no such parameter"},
                    Mistake{"NoRow", "2 f1a 1 to 2\n", "component 2 (sersic) has no such parameter"},
                    Mistake{"Suffix", "2 n_g 1 to 2\n",
                            "\"g\" is neither a band nor a coefficient (a label of A1), 0 to 3"},
                    Mistake{"BandOfCoupled", "1_2 x_r offset\n", "coupled by coefficients only"},
                    Mistake{"NoRange", "2 n\n", "a.con:1: range: missing"},
                    Mistake{"OneNumber", "2 n 3\n", "range = 3: two numbers are needed"},
                    Mistake{"Reversed", "2 n 8 to 1\n", "range = 8 to 1: leaves no room"},
                    Mistake{"Word", "2 n 1 until 2\n", "\"until\" is not known here"},
                    Mistake{"Factor", "2 n factor 0.5\n", "no factor (factor and a number above 1)"},
                    Mistake{"Coupling", "1_2 x same\n", "no coupling (offset or ratio)"}),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace gaxel::legacy
