// Documents of other programs: what is read, and that it is written as it was.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "gaxel/error.hpp"
#include "legacy/galfit_constraints.hpp"
#include "legacy/galfit_document.hpp"
#include "legacy/galfit_frame.hpp"
#include "legacy/imfit_document.hpp"
#include "legacy/text_document.hpp"

namespace gaxel::legacy {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const fs::path kExamples = fs::path(GAXEL_TESTS_DIR) / "legacy/data";

GalfitDocument galfit(const std::string& text) {
  return parse_galfit(TextDocument::parse(text, "a.feedme"));
}

GalfitDocument example(const std::string& name) {
  return parse_galfit(TextDocument::read((kExamples / name).string()));
}

TEST(TextDocument, KeepsEveryByte) {
  for (const std::string& text : {std::string("a\nb\n"), std::string("a\r\n\r\nb"), std::string(),
                                  std::string("\n \t# x\n"), std::string("no end")}) {
    EXPECT_EQ(TextDocument::parse(text, "").text(), text);
  }
}

TEST(TextDocument, ReplacesATokenAndNothingElse) {
  TextDocument document = TextDocument::parse(" 4)  12.0   1   # Re\n", "a");
  document.replace(0, split(document.line(0), 3)[0], "13.25");
  EXPECT_EQ(document.text(), " 4)  13.25   1   # Re\n");
}

TEST(Numbers, AreReadAsFortranAndCWriteThem) {
  EXPECT_EQ(parse_number("1.5D+01"), 15.0);
  EXPECT_EQ(parse_number("-5."), -5.0);
  EXPECT_EQ(parse_number("+.5e1"), 5.0);
  for (const char* word : {"", "1,2", "nan", "inf", "1x", "0x10", "--1", "1e999"})
    EXPECT_FALSE(parse_number(word)) << word;
  EXPECT_EQ(parse_whole("3."), 3);
  EXPECT_FALSE(parse_whole("3.5"));
}

TEST(Numbers, ComeBackFromAConversionAsTheyWere) {
  const double scale = 1.678346990016661;
  for (const double value : {45.0, 0.1, 1e-7, 1000.0, 12.3456789012345}) {
    EXPECT_EQ(number_text(value * scale / scale), number_text(value));
    EXPECT_EQ(parse_number(number_text(value)), value);
  }
  const double third = 1.0 / 3.0;
  EXPECT_NEAR(*parse_number(number_text(third)), third, 4e-16);
}

TEST(GalfitDocument, ExamplesAreReadAndWrittenByteByByte) {
  int count = 0;
  for (const auto& entry : fs::directory_iterator(kExamples)) {
    if (entry.path().extension() != ".feedme") continue;
    const TextDocument text = TextDocument::read(entry.path().string());
    EXPECT_TRUE(looks_like_galfit(text)) << entry.path();
    EXPECT_EQ(parse_galfit(text).text.text(), text.text());
    ++count;
  }
  EXPECT_EQ(count, 5);
}

TEST(GalfitDocument, OneSersicHasItsRows) {
  const GalfitDocument document = example("single_sersic.feedme");
  EXPECT_EQ(document.word("A"), "galaxy.fits");
  EXPECT_THAT(document.names("C"), ElementsAre(""));
  ASSERT_EQ(document.objects.size(), 2u);
  const GalfitObject& sersic = document.objects.front();
  EXPECT_EQ(sersic.type, "sersic");
  ASSERT_EQ(sersic.row("1")->values.size(), 2u);
  EXPECT_EQ(sersic.row("1")->values[1].values, std::vector<double>{99.8});
  EXPECT_TRUE(sersic.row("1")->values[1].is_free());
  EXPECT_EQ(sersic.row("10")->values[0].values, std::vector<double>{35.0});
  EXPECT_FALSE(document.objects[1].row("2")->values[0].is_free());
  EXPECT_THAT(document.remarks, IsEmpty());
}

TEST(GalfitDocument, WhatGalfitSkipsIsSkipped) {
  const GalfitDocument document = galfit(
      "==== ruler\nSome prose without a hash\nQ) what\n"
      "P) 0\n c0) 7\n"
      "0) sersic\r\n 9) 0.5 1 b/a of it\n10) 1.5D1 0\n"
      "1) 10 20\n3) 20 1\n4) 5 1\n5) 2 2\n f1) 0.2 90\na) x.fits\n"
      " 9) 0.6 1\nZ) 1 Skip it\n");
  ASSERT_EQ(document.objects.size(), 1u);
  const GalfitObject& object = document.objects.front();
  EXPECT_EQ(document.word("A"), "x.fits");
  EXPECT_EQ(object.row("9")->values[0].values.front(), 0.6);  // the last one counts
  EXPECT_EQ(object.row("10")->values[0].values.front(), 15.0);
  EXPECT_EQ(object.row("1")->values.size(), 2u);
  EXPECT_FALSE(object.row("1")->values[0].is_free());
  EXPECT_TRUE(object.row("5")->values[0].is_free());  // 2: tied, and so free
  EXPECT_EQ(object.row("F1")->values.size(), 2u);
  EXPECT_THAT(document.remarks,
              testing::UnorderedElementsAre(HasSubstr("a.feedme:3: \"Q)\" is no key"),
                                            HasSubstr("a.feedme:5: C0) stands before"),
                                            HasSubstr("a.feedme:9: 1) of component 1 has 0 of 2 fit flags"),
                                            HasSubstr("a.feedme:13: F1) of component 1 has 0 of 2 fit flags"),
                                            HasSubstr("a.feedme:15: 9) is given again")));
}

TEST(GalfitDocument, BandsAreListsOfValuesOrCoefficients) {
  const GalfitDocument bands = example("multiband_band.feedme");
  EXPECT_EQ(bands.n_bands, 4u);
  EXPECT_THAT(bands.labels, ElementsAre("r", "u", "i", "K"));
  EXPECT_THAT(bands.names("C"), ElementsAre("sig_r.fits", "", "sig_i.fits", ""));
  const GalfitRow& mag = *bands.objects[1].row("3");
  EXPECT_THAT(mag.values[0].values, ElementsAre(20.5, 22.1, 20.0, 19.4));
  EXPECT_THAT(mag.values[0].flags, ElementsAre(4));
  EXPECT_EQ(mag.form, ListForm::kBands);
  EXPECT_EQ(bands.objects[1].row("1")->values.size(), 1u);
  EXPECT_TRUE(bands.objects[0].row("1")->values[0].flags_are_list);
  EXPECT_FALSE(bands.objects[0].row("1")->values[0].is_free());

  // The two files say the same galaxy (values from GALFITM's definition, worked out by hand).
  const GalfitDocument series = example("multiband_cheb.feedme");
  EXPECT_EQ(series.objects[0].row("3")->form, ListForm::kChebyshev);
  for (std::size_t band = 0; band < 4; ++band) {
    for (const char* row : {"3", "4", "5", "9", "10"}) {
      EXPECT_NEAR(value_in_band(series, *series.objects[0].row(row), 0, band),
                  value_in_band(bands, *bands.objects[1].row(row), 0, band), 2e-9)
          << row << " in band " << band;
    }
  }
}

struct Mistake {
  const char* name;
  std::string text;
  std::string message;
};

class BadGalfit : public testing::TestWithParam<Mistake> {};

TEST_P(BadGalfit, IsNamed) {
  try {
    const GalfitDocument document = galfit(GetParam().text);
    document.names("D");
    FAIL() << "was read";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr(GetParam().message));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Files, BadGalfit,
    testing::Values(
        Mistake{"Type", "0) sersik\n", "a.feedme:1: 0) = sersik: no type of GALFIT's (sersic, devauc"},
        Mistake{"NoType", "0)\n", "a.feedme:1: 0): the type is missing"},
        Mistake{"Truncation", "T0) radial3\n", "T0) = radial3: no type of GALFIT's (radial, radial2"},
        Mistake{"Value", "0) sersic\n 4) large 1\n",
                "a.feedme:2: 4) = large: not a number (a number, and 0 or 1"},
        Mistake{"NoValue", "0) sersic\n 4) # nothing\n", "a.feedme:2: 4): the value is missing"},
        Mistake{"Flag", "0) sersic\n 4) 5 3\n", "4) = 3: not a fit flag (0 (fixed), 1 (free)"},
        Mistake{"TwoValuesInOneBand", "0) sersic\n 4) 5,6 1\n", "4) = 5,6: 2 entries (one value"},
        Mistake{"Labels", "A) a,b\nA1) r,R\nA2) 1,2\n", "a.feedme:2: A1) = R: two bands have this label"},
        Mistake{"LabelCount", "A) a,b\nA1) r\nA2) 1,2\n", "A1) = r: 1 entries (2, as many as in A)"},
        Mistake{"Wavelengths", "A) a,b\nA2) 5,5\n", "A2) = 5: two bands have this wavelength"},
        Mistake{"WavelengthZero", "A) a,b\nA2) 5,0\n", "A2) = 0: no wavelength (a number above 0)"},
        Mistake{"NoWavelengths", "A) a,b\n", "a.feedme:1: A2): missing, with 2 bands"},
        Mistake{"ListWithBlank", "A) a, b\nA2) 1,2\n", "A) = a,: an entry is empty"},
        Mistake{"Coefficients", "A) a,b\nA2) 1,2\n0) sersic\n4) 1,2,3 1 cheb\n",
                "4) = 1,2,3: 3 entries (1 to 2 coefficients"},
        Mistake{"BandCount", "A) a,b,c\nA2) 1,2,3\n0) sersic\n4) 1,2 1\n", "one for each of the 3 bands"},
        Mistake{"FlagCount", "A) a,b\nA2) 1,2\n0) sersic\n4) 1,2 1,1,1\n", "4) = 1,1,1: not a fit flag"},
        Mistake{"Psfs", "A) a,b\nA2) 1,2\nD) p,q,r\n", "D) = p,q,r: 3 entries (one for each of the 2 bands"}),
    [](const auto& test) { return std::string(test.param.name); });

GalfitConstraints constraints(const std::string& text, const GalfitDocument& document) {
  return parse_constraints(TextDocument::parse(text, "a.con"), document);
}

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

const std::string kImfit =
    "# ours\nGAIN 4.7\nREADNOISE 4.0\nORIGINAL_SKY 130.0\n\n"
    "X0  129.0  125,133\nY0  128.5  125,133\n"
    "FUNCTION Sersic        # LABEL bulge\nPA 20.0 -90,90\nell 0.15 0,0.9\nn 3.0 0.5,8\nI_e 25.0 0,1000\nr_e "
    "6.0 fixed\n"
    "FUNCTION Exponential   # LABEL disc\nPA 18.0\nell 0.45\nI_0 80\nh 24 2,200\n\n"
    "X0 40.2 38,42\nY0 77.9 75,80\nFUNCTION PointSource\nOPTIONAL_PARAMS_START\nmethod "
    "lanczos3\nOPTIONAL_PARAMS_END\n"
    "I_tot 5000 0,1e6\n";

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

TEST(RealFiles, OfGalfitmAndImfitAreReadAndWrittenByteByByte) {
  const char* folder = std::getenv("GAXEL_TEST_DATA");
  if (folder == nullptr) GTEST_SKIP() << "GAXEL_TEST_DATA names no folder with the real images";
  int feedmes = 0;
  int configurations = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const bool feedme = name.find(".feedme") != std::string::npos;
    if (!feedme && name.find("imfit_config") == std::string::npos) continue;
    const TextDocument text = TextDocument::read(entry.path().string());
    EXPECT_EQ(looks_like_galfit(text), feedme) << name;
    EXPECT_EQ(looks_like_imfit(text), !feedme) << name;
    if (!feedme) {
      EXPECT_EQ(parse_imfit(text).text.text(), text.text());
      ++configurations;
      continue;
    }
    const GalfitDocument document = parse_galfit(text);
    EXPECT_EQ(document.text.text(), text.text());
    EXPECT_EQ(document.n_bands, 5u) << name;
    EXPECT_THAT(document.remarks, IsEmpty()) << name;
    const std::string constraint_file = (entry.path().parent_path() / "constrain_s").string();
    EXPECT_EQ(parse_constraints(TextDocument::read(constraint_file), document).constraints.size(), 5u);
    ++feedmes;
  }
  EXPECT_GE(feedmes, 4);
  EXPECT_GE(configurations, 1);
}

}  // namespace
}  // namespace gaxel::legacy
