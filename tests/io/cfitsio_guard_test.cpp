#include "io/cfitsio_guard.hpp"

#include <gmock/gmock.h>

#include "gaxel/error.hpp"
#include "io/fits_file.hpp"
#include "io/raw_fits.hpp"

namespace gaxel::io {
namespace {

using test::card;
using testing::HasSubstr;

/// A card as it stands, whatever it is.
std::string raw(std::string text) {
  text.resize(80, ' ');
  return text;
}

std::string problem(std::vector<std::string> cards) {
  try {
    check_for_cfitsio("a.fits", cards);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

std::vector<std::string> packed(const std::string& card) {
  return {raw("XTENSION= 'BINTABLE'"),           raw("TTYPE1  = 'COMPRESSED_DATA'"),
          raw("ZIMAGE  =                    T"), raw("ZCMPTYPE= 'RICE_1  '"),
          raw("ZTILE1  =                    8"), raw(card)};
}

TEST(CfitsioGuard, NamesAreThoseThatCfitsioSees) {
  EXPECT_EQ(keyword_of(raw("ZTILE1  = 8")), "ZTILE1");
  EXPECT_EQ(keyword_of(raw("ztile1= 8")), "ZTILE1");
  EXPECT_EQ(keyword_of(raw("HIERARCH ztile1 = 8")), "ZTILE1");
  EXPECT_EQ(keyword_of(raw("HIERARCH   ESO TEL = 8")), "ESO");
  EXPECT_EQ(keyword_of(raw("COMMENT ZTILE1 = 8")), "COMMENT");
  EXPECT_EQ(keyword_of(raw("")), "");
}

TEST(CfitsioGuard, WhatCfitsioWouldDivideBy) {
  EXPECT_EQ(problem(packed("ZTILE2  =                    1")), "");
  for (const char* card :
       {"ZTILE2  =                    0", "ztile2  = 0", "HIERARCH ZTILE2 = 0", "ZTILE2  =0   8",
        "ZTILE2  = -1 / a side", "ZTILE2  = 1.5", "ZTILE2  = '8'", "ZTILE2"}) {
    EXPECT_THAT(problem(packed(card)), HasSubstr("ZTILE2")) << card;
  }
  EXPECT_THAT(problem(packed("ZVAL1   = 0")),
              HasSubstr("ZVAL1 = 0: the file is damaged: pixels in a block of RICE"));
  EXPECT_THAT(problem(packed("zval1   =")), HasSubstr("ZVAL1 = nothing"));
  std::vector<std::string> cards = packed("ZVAL1   = 0");
  cards[3] = raw("ZCMPTYPE= 'GZIP_1  '");
  EXPECT_EQ(problem(cards), "");
  EXPECT_EQ(problem(packed("ZNAXIS1 = 0")), "");
  cards = packed("ZNAXIS1 = 0");
  cards[4] = raw("");  // CFITSIO takes rows for tiles then
  EXPECT_THAT(problem(cards), HasSubstr("ZTILE1"));
}

TEST(CfitsioGuard, WhatCfitsioHasNoMemoryFor) {
  const std::string endless = "'/ no number that ends in this card";
  for (const char* name : {"ZBITPIX = ", "zbitpix = ", "HIERARCH ZBITPIX = ", "EXTVER  = ", "TNULL1  = "}) {
    EXPECT_THAT(problem(packed(name + endless)), HasSubstr("a number is expected")) << name;
    EXPECT_THAT(problem(packed(name + endless + "'")), HasSubstr("a number is expected (at most 28")) << name;
  }
  EXPECT_THAT(problem({raw("SIMPLE  = T"), raw("EXTVER  = " + endless)}), HasSubstr("EXTVER"));
  EXPECT_THAT(problem(packed("TFORM2  = " + std::string(70, 'P'))),
              HasSubstr("a text in quotes is expected"));
  EXPECT_THAT(problem(packed("TFORM2  = '" + std::string(69, 'P'))),
              HasSubstr("a text in quotes is expected"));
  EXPECT_THAT(problem(packed("TFIELDS = 1000")), HasSubstr("too many columns"));
  EXPECT_THAT(problem(packed("ZNAXIS  = 7")), HasSubstr("so many axes (at most 6)"));
}

TEST(CfitsioGuard, WhatCfitsioDoesNotReadDoesNotMatter) {
  const std::string survey = "'Pan-STARRS DR1, Chambers et al. 2016'";
  const std::vector<std::string> cards{
      raw("ZPREF   = " + survey), raw("ZTILE   = 'a12'"), raw("ZTILEID = -1"),
      raw("ZPSYS   = 'AB      '           / observer's system of zero points")};
  for (const std::string& card : cards) EXPECT_EQ(problem(packed(card)), "") << card;
  for (const char* first :
       {"SIMPLE  =                    T", "XTENSION= 'IMAGE   '", "XTENSION= 'BINTABLE'"}) {
    for (std::string card : {"ZTILE1  = 0", "ZNAXIS  = 99", "ZVAL1   = 'a text of more than 28 characters'"})
      EXPECT_EQ(problem({raw(first), raw(card)}), "") << first << card;
  }
  EXPECT_EQ(problem(packed("TTYPE2  = 'the observer''s own name of a column' / it's long")), "");
  EXPECT_EQ(problem(packed("EXTVER  =                    2 / this is the observer's second one")), "");
  EXPECT_EQ(problem(packed("ZVAL2   = 4 / (bytes) of a pixel, it's said")), "");
  EXPECT_EQ(problem({}), "");
}

TEST(CfitsioGuard, BytesBehindTheLastUnitAreNoHeader) {
  const test::TempFolder folder;
  const std::string whole = test::primary<float>({2, 1}, {1.0F, 2.0F});
  std::string behind = raw("TFIELDS = 1000000000") + raw("EXTVER  = " + std::string(60, '9'));
  behind.resize(test::kFitsBlock, '\x01');
  EXPECT_EQ(read_fits_image(parse_fits_name(folder.write("a.fits", whole + behind))).pixels(0, 1), 2.0);
}

TEST(CfitsioGuard, UnitsThatCannotBeReadAreTold) {
  const test::TempFolder folder;
  const std::string damaged =
      test::unit(card("XTENSION", "'BINTABLE'"), 8, {8, 1}, {card("TFIELDS", "'none'")}, std::string(8, ' '));
  const std::string whole = test::primary<float>({2, 1}, {1.0F, 2.0F});
  const std::string file = folder.write("a.fits", whole + damaged);
  EXPECT_EQ(read_fits_image(parse_fits_name(file)).pixels(0, 1), 2.0);
  try {
    read_fits_image(parse_fits_name(file + "[1]"));
    ADD_FAILURE();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("the file holds: [0] image 2 x 1; [1] and what follows cannot be read: "));
  }
}

}  // namespace
}  // namespace gaxel::io
