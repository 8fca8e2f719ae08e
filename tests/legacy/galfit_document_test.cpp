// GALFIT's documents: what is read, and that it is written as it was.
#include "legacy/galfit_document.hpp"

#include "legacy/galfit_frame.hpp"
#include "legacy/legacy_support.hpp"

namespace gaxel::legacy {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

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
  for (const auto& entry : std::filesystem::directory_iterator(kExamples)) {
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

TEST(GalfitDocument, RowsThatATypeHasNotMayHoldAnything) {
  const GalfitDocument document = galfit("0) sersic\n 6) ----- # nothing\n 7)\n 4) 5 1\n Z)\n");
  EXPECT_EQ(document.objects[0].row("4")->values.size(), 1u);
  EXPECT_TRUE(document.objects[0].row("6")->values.empty());
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

}  // namespace
}  // namespace gaxel::legacy
