#include "legacy/imfit_document.hpp"

#include "legacy/legacy_support.hpp"

namespace gaxel::legacy {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(ImfitDocument, IsReadAndWrittenByteByByte) {
  const ImfitDocument document = parse_imfit(TextDocument::parse(kImfit, "a.dat"));
  EXPECT_EQ(document.text.text(), kImfit);
  EXPECT_TRUE(looks_like_imfit(document.text));
  EXPECT_FALSE(looks_like_galfit(document.text));
  EXPECT_EQ(document.number("GAIN"), 4.7);
  ASSERT_EQ(document.functions.size(), 3u);
  EXPECT_EQ(document.functions[0].label, "bulge");
  EXPECT_TRUE(document.functions[0].parameters[4].fixed);
  EXPECT_EQ(document.functions[0].parameters[2].max, 8.0);
  EXPECT_EQ(document.functions[1].set, 0u);
  EXPECT_EQ(document.functions[2].set, 1u);
  EXPECT_EQ(document.sets[1].y0.value, 77.9);
  EXPECT_THAT(document.remarks, IsEmpty());
}

class BadImfit : public testing::TestWithParam<Mistake> {};

TEST_P(BadImfit, IsNamed) {
  try {
    parse_imfit(TextDocument::parse(GetParam().text, "a.dat"));
    FAIL() << "was read";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr(GetParam().message));
  }
}

const std::string kCentre = "X0 1\nY0 2\n";

INSTANTIATE_TEST_SUITE_P(
    Files, BadImfit,
    testing::Values(
        Mistake{"Function", kCentre + "FUNCTION Sersik\n",
                "a.dat:3: FUNCTION = Sersik: no function of Imfit's (did you mean \"Sersic\"?"},
        Mistake{"TooFew", kCentre + "FUNCTION Gaussian\nPA 0\nell 0\n",
                "FUNCTION = Gaussian: 2 of 4 parameters (I_0 as the next)"},
        Mistake{"TooMany", kCentre + "FUNCTION FlatSky\nI_sky 0\nell 0\n",
                "a.dat:5: ell: FlatSky has no more than 1"},
        Mistake{"NoCentre", "Y0 1\n", "there is no X0 before it"},
        Mistake{"NoY", "X0 1\nFUNCTION FlatSky\n", "X0 has no Y0"},
        Mistake{"Value", kCentre + "FUNCTION FlatSky\nI_sky bright\n", "I_sky = bright: not a number"},
        Mistake{"Limits", kCentre + "FUNCTION FlatSky\nI_sky 5 1, 9\n",
                "I_sky = 1,: no limits (fixed, or lower,upper"},
        Mistake{"LimitsReversed", kCentre + "FUNCTION FlatSky\nI_sky 5 9,1\n", "the limits leave no room"},
        Mistake{"Outside", kCentre + "FUNCTION FlatSky\nI_sky 5 6,9\n", "the start, 5, is outside"},
        Mistake{"Empty", "# nothing\n", "the file has no function"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(ImfitDocument, OrderCountsAndNamesAreRemarkedUpon) {
  const ImfitDocument document =
      parse_imfit(TextDocument::parse(kCentre + "FUNCTION Gaussian\nPA 0\nell 0\nsigma 5\nI_0 6\n", "a.dat"));
  EXPECT_EQ(document.functions[0].parameters[2].value, 5.0);
  EXPECT_THAT(document.remarks, ElementsAre(HasSubstr("a.dat:6: \"sigma\" stands where Gaussian has I_0"),
                                            HasSubstr("\"I_0\" stands where Gaussian has sigma")));
}

}  // namespace
}  // namespace gaxel::legacy
