#include "io/fits_name.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gaxel/error.hpp"

namespace gaxel::io {
namespace {

TEST(FitsName, PlainFile) {
  const FitsName name = parse_fits_name("data/abell.fits.gz");
  EXPECT_EQ(name.path, "data/abell.fits.gz");
  EXPECT_FALSE(name.hdu);
  EXPECT_TRUE(name.extname.empty());
  EXPECT_FALSE(name.section);
}

TEST(FitsName, ExtensionByNumberAndName) {
  EXPECT_EQ(parse_fits_name("f.fits[1]").hdu, 1);
  EXPECT_EQ(parse_fits_name("f.fits[0]").hdu, 0);
  EXPECT_EQ(parse_fits_name("f.fits[SCI]").extname, "SCI");
  const FitsName name = parse_fits_name("f.fits[SCI, 2]");
  EXPECT_EQ(name.path, "f.fits");
  EXPECT_EQ(name.extname, "SCI");
  EXPECT_EQ(name.extver, 2);
}

TEST(FitsName, Sections) {
  const FitsName name = parse_fits_name("f.fits[1][61:200,11:150]");
  EXPECT_EQ(name.path, "f.fits");
  EXPECT_EQ(name.hdu, 1);
  EXPECT_EQ(name.section, (Section{61, 200, 11, 150}));
  EXPECT_EQ(name.section->shape(), (Shape{140, 140}));
  EXPECT_EQ(parse_fits_name("f.fits[ 1 : 2 , 3 : 4 ]").section, (Section{1, 2, 3, 4}));
}

TEST(FitsName, WhatIsNotAGroupAtTheEndBelongsToThePath) {
  for (const char* text : {"!f.fits", "f[1].fits", "f.fits|", "| rm f.fits", "ftp://host/f.fits",
                           "f.fits(out.fits)", "a b.fits", "-", "f.fits+1", "[SCI].fits"}) {
    const FitsName name = parse_fits_name(text);
    EXPECT_EQ(name.path, text);
    EXPECT_FALSE(name.hdu || name.section || !name.extname.empty());
  }
}

TEST(FitsName, TextReadsBackTheSame) {
  for (const char* text : {"f.fits", "f.fits[1]", "f.fits[SCI]", "f.fits[SCI,2]", "f.fits[1:2,3:4]",
                           "x y[1].fits.gz[SCI,2][61:200,11:150]"}) {
    EXPECT_EQ(parse_fits_name(text).text(), text);
  }
}

class BadFitsName : public testing::TestWithParam<const char*> {};

TEST_P(BadFitsName, IsRefusedWithTheFormsThatAreAllowed) {
  try {
    parse_fits_name(GetParam());
    FAIL() << "accepted";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr(GetParam()));
    EXPECT_THAT(error.problem().allowed, testing::HasSubstr("[x1:x2,y1:y2]"));
  }
}

TEST(FitsName, SectionsOfOtherProgramsAreToldWhatIsMissing) {
  const auto what = [](const char* text) -> std::string {
    try {
      parse_fits_name(text);
    } catch (const InputError& error) {
      return error.problem().what;
    }
    return "";
  };
  for (const char* text : {"f.fits[*,*]", "f.fits[SCI][*,1:20]", "f.fits[-*,*]"})
    EXPECT_THAT(what(text), testing::HasSubstr("whole axes (*) are not read"));
  for (const char* text : {"f.fits[1][*,*,2]", "f.fits[1:9,1:9,2:2]"})
    EXPECT_THAT(what(text), testing::HasSubstr("planes of cubes are not read"));
  EXPECT_THAT(what("f.fits[1:10:2,1:2]"), testing::HasSubstr("steps are not read"));
  EXPECT_THAT(what("f.fits[S*]"), testing::HasSubstr("neither an extension nor a section"));
}

INSTANTIATE_TEST_SUITE_P(All, BadFitsName,
                         testing::Values("f.fits[]", "f.fits[-1]", "f.fits[1:2]", "f.fits[1:2,3:4,5:6]",
                                         "f.fits[0:2,1:2]", "f.fits[2:1,1:2]", "f.fits[*,1:2]",
                                         "f.fits[1:10:2,1:2]", "f.fits[SCI,x]", "f.fits[SCI,1,2]",
                                         "f.fits[1:2,3:4][1:2,3:4]", "f.fits[0][1][1:2,3:4]",
                                         "f.fits[col a=b]", "f.fits[#row<5]", "[1]", "",
                                         "f.fits[99999999999999999999:1,1:2]", "f.fits[1.5:2,1:2]"));

}  // namespace
}  // namespace gaxel::io
