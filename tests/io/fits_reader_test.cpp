#include <fitsio.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <limits>
#include <numeric>
#include <thread>

#include "gaxel/error.hpp"
#include "io/fits_file.hpp"
#include "io/raw_fits.hpp"

namespace gaxel::io {
namespace {

using test::card;
using test::primary;
using test::TempFolder;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<float> ramp(std::size_t count) {
  std::vector<float> values(count);
  std::iota(values.begin(), values.end(), 1.0F);
  return values;
}

Image read(const std::string& text) {
  return read_fits_image(parse_fits_name(text)).pixels;
}

std::string problem(const std::string& text) {
  try {
    read(text);
  } catch (const InputError& error) {
    return error.what();
  }
  return "read";
}

template <typename T>
class StoredAs : public testing::Test {};
using StoredTypes = testing::Types<std::uint8_t, std::int16_t, std::int32_t, std::int64_t, float, double>;
TYPED_TEST_SUITE(StoredAs, StoredTypes);

TYPED_TEST(StoredAs, ReadsRowByRow) {
  const TempFolder folder;
  const std::vector<TypeParam> values{0, 1, 2, 3, 100, 7};
  const std::string file = folder.write("a.fits", primary<TypeParam>({3, 2}, values));
  const FitsImage image = read_fits_image(parse_fits_name(file));
  EXPECT_EQ(image.pixels.shape(), (Shape{2, 3}));
  EXPECT_EQ(image.hdu.bitpix, test::bitpix_of<TypeParam>());
  for (std::size_t i = 0; i < values.size(); ++i)
    EXPECT_EQ(image.pixels.pixels()[i], static_cast<double>(values[i]));
  EXPECT_EQ(image.pixels(1, 1), 100.0);  // second row, second column
}

TYPED_TEST(StoredAs, AppliesScaleAndZero) {
  const TempFolder folder;
  const std::string file = folder.write(
      "a.fits", primary<TypeParam>({2, 1}, {3, 100}, {card("BSCALE", "0.25"), card("BZERO", "1000.5")}));
  EXPECT_EQ(read(file)(0, 0), 1001.25);
  EXPECT_EQ(read(file)(0, 1), 1025.5);
}

TEST(FitsReader, UnsignedIntegersByBzero) {
  const TempFolder folder;
  const std::string file = folder.write(
      "a.fits",
      primary<std::int16_t>({3, 1}, {-32768, 0, 32767}, {card("BZERO", "32768"), card("BSCALE", "1")}));
  EXPECT_THAT(read(file).pixels(), testing::ElementsAre(0.0, 32768.0, 65535.0));
}

TEST(FitsReader, BlankAndNanBecomeNan) {
  const TempFolder folder;
  const std::string integers =
      folder.write("i.fits", primary<std::int16_t>({2, 1}, {-99, 5}, {card("BLANK", "-99")}));
  EXPECT_TRUE(std::isnan(read(integers)(0, 0)));
  EXPECT_EQ(read(integers)(0, 1), 5.0);
  const std::string scaled = folder.write(
      "s.fits", primary<std::int32_t>({2, 1}, {7, 5},
                                      {card("BLANK", "7"), card("BSCALE", "2.0"), card("BZERO", "1.0")}));
  EXPECT_TRUE(std::isnan(read(scaled)(0, 0)));
  EXPECT_EQ(read(scaled)(0, 1), 11.0);
  const std::string floats = folder.write("f.fits", primary<float>({3, 1}, {NAN, 1.5F, INFINITY}));
  EXPECT_TRUE(std::isnan(read(floats)(0, 0)));
  EXPECT_EQ(read(floats)(0, 1), 1.5);
  EXPECT_TRUE(std::isnan(read(floats)(0, 2)));
}

TEST(FitsReader, Sections) {
  const TempFolder folder;
  const std::string file = folder.write("a.fits", primary<float>({4, 3}, ramp(12)));
  const FitsImage image = read_fits_image(parse_fits_name(file + "[2:3,2:3]"));
  EXPECT_EQ(image.full_shape, (Shape{3, 4}));
  EXPECT_EQ(image.section, (Section{2, 3, 2, 3}));
  EXPECT_THAT(image.pixels.pixels(), testing::ElementsAre(6.0, 7.0, 10.0, 11.0));
  EXPECT_THAT(problem(file + "[2:5,2:3]"), testing::HasSubstr("not inside the image ([1:4,1:3])"));
}

std::string three_units() {
  return test::unit(card("SIMPLE", "T"), 8, {}, {card("EXTEND", "T"), card("EXPTIME", "120.5")}, "") +
         test::extension<float>("SCI", {2, 1}, {1.0F, 2.0F}, {card("EXTVER", "1")}) +
         test::extension<float>("SCI", {2, 1}, {3.0F, 4.0F}, {card("EXTVER", "2")}) +
         test::extension<std::int16_t>("DQ", {2, 1}, {0, 4});
}

TEST(FitsReader, FindsExtensions) {
  const TempFolder folder;
  const std::string file = folder.write("mef.fits", three_units());
  EXPECT_EQ(read(file)(0, 0), 1.0);  // the first unit with pixels
  EXPECT_EQ(read(file + "[2]")(0, 0), 3.0);
  EXPECT_EQ(read(file + "[sci]")(0, 0), 1.0);
  EXPECT_EQ(read(file + "[SCI,2][2:2,1:1]")(0, 0), 4.0);
  EXPECT_EQ(read(file + "[DQ]")(0, 1), 4.0);
  EXPECT_THAT(problem(file + "[ERR]"), testing::AllOf(testing::HasSubstr("extension = [ERR]"),
                                                      testing::HasSubstr("[3] DQ,1 image 2 x 1")));
  EXPECT_THAT(problem(file + "[SCI,3]"), testing::HasSubstr("no such extension"));
  EXPECT_THAT(problem(file + "[4]"), testing::HasSubstr("no such extension"));
  EXPECT_THAT(problem(file + "[0]"), testing::HasSubstr("has no pixels"));
}

TEST(FitsReader, AxesOfLengthOneDoNotMatter) {
  const TempFolder folder;
  EXPECT_EQ(read(folder.write("a.fits", primary<float>({3, 2, 1}, ramp(6))))(1, 2), 6.0);
  EXPECT_EQ(read(folder.write("b.fits", primary<float>({3, 2, 1, 1}, ramp(6))) + "[3:3,2:2]")(0, 0), 6.0);
}

TEST(FitsReader, WrongNumberOfAxes) {
  const TempFolder folder;
  EXPECT_THAT(problem(folder.write("1.fits", primary<float>({6}, ramp(6)))), testing::HasSubstr("NAXIS = 1"));
  EXPECT_THAT(problem(folder.write("3.fits", primary<float>({3, 2, 2}, ramp(12)))),
              testing::HasSubstr("NAXIS = 3: the image has 3 axes (3 x 2 x 2)"));
  EXPECT_THAT(problem(folder.write("0.fits", primary<float>({}, {}))), testing::HasSubstr("holds no image"));
  EXPECT_THAT(problem(folder.write("e.fits", primary<float>({0, 5}, {}))), testing::HasSubstr("NAXIS1 = 0"));
}

TEST(FitsReader, FilesThatAreNone) {
  const TempFolder folder;
  EXPECT_THAT(problem(folder.path("none.fits")), testing::HasSubstr("does not exist"));
  EXPECT_THAT(problem(folder.path()), testing::HasSubstr("this is a folder"));
  EXPECT_THAT(problem("/dev/null"), testing::HasSubstr("not a regular file"));
  EXPECT_THAT(problem(folder.write("e.fits", "")), testing::HasSubstr("is empty"));
  EXPECT_THAT(problem(folder.write("t.fits", "x y z\n1 2 3\n")), testing::HasSubstr("not a FITS file"));
  EXPECT_THAT(problem(folder.write("s.fits", "SIMPLE  =                    T")), testing::HasSubstr("FITS"));
  EXPECT_THAT(problem(folder.write("g.fits.gz", "\x1f\x8b garbage")),
              testing::HasSubstr("gzipped bytes with unknown compression method"));
  EXPECT_THAT(problem(std::string(5000, 'x')), testing::HasSubstr("xxx"));
}

TEST(FitsReader, NamesAreLiteral) {
  const TempFolder folder;
  const std::string bytes = primary<float>({2, 1}, {1.0F, 2.0F});
  for (const char* name :
       {"!a.fits", "a[1].fits", "a.fits|", "a b+c.fits", "a(b).fits", "mem:", "a#b.fits", "a&b.fits"}) {
    EXPECT_EQ(read(folder.write(name, bytes))(0, 1), 2.0) << name;
  }
  folder.write("only.fits.gz", bytes);  // CFITSIO by itself would take this for only.fits
  EXPECT_THAT(problem(folder.path("only.fits")), testing::HasSubstr("does not exist"));
}

/// Reads a file that may be cut: what is read at all must be right.
bool reads_whole_ramp(const std::string& file) {
  try {
    const Image image = read(file);
    const std::vector<float> truth = ramp(image.size());
    EXPECT_TRUE(std::equal(truth.begin(), truth.end(), image.pixels().begin()));
    return true;
  } catch (const InputError&) {
    return false;
  }
}

TEST(FitsReader, TruncatedFiles) {
  const TempFolder folder;
  const std::string whole = primary<float>({50, 40}, ramp(2000));
  const std::size_t needed = test::kFitsBlock + 4 * 2000;
  for (std::size_t length = 0; length < whole.size(); length += 40) {
    const bool complete = reads_whole_ramp(folder.write("t.fits", whole.substr(0, length)));
    EXPECT_EQ(complete, length >= needed) << length;  // blanks behind the pixels may be missing
  }
  EXPECT_TRUE(reads_whole_ramp(folder.write("t.fits", whole)));
  EXPECT_THAT(problem(folder.write("t.fits", whole.substr(0, 5000))),
              testing::HasSubstr("truncated: unit [0] has 2120 of 8000 bytes"));
}

void write_gzip(const std::string& path, const std::string& bytes) {
  gzFile file = gzopen(path.c_str(), "wb");
  ASSERT_EQ(gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())), static_cast<int>(bytes.size()));
  gzclose(file);
}

TEST(FitsReader, Gzip) {
  const TempFolder folder;
  const std::string whole = primary<float>({50, 40}, ramp(2000));
  write_gzip(folder.path("a.fits.gz"), whole);
  EXPECT_TRUE(reads_whole_ramp(folder.path("a.fits.gz")));
  write_gzip(folder.path("short.fits.gz"), whole.substr(0, 6000));
  EXPECT_THAT(problem(folder.path("short.fits.gz")), testing::HasSubstr("truncated"));
  std::ifstream file(folder.path("a.fits.gz"), std::ios::binary);
  const std::string packed(std::istreambuf_iterator<char>(file), {});
  for (std::size_t length = 0; length < packed.size(); length += 97) {
    const bool complete = reads_whole_ramp(folder.write("cut.fits.gz", packed.substr(0, length)));
    EXPECT_FALSE(complete) << length;
  }
  EXPECT_THAT(problem(folder.path("cut.fits.gz")), testing::HasSubstr("its gzipped bytes break off"));
  write_gzip(folder.path("text.gz"), "no FITS");
  EXPECT_THAT(problem(folder.path("text.gz")), testing::HasSubstr("what is gzipped is not a FITS file"));
}

/// Numbers from -1000 on in tiles of one row.
void write_tiles(const std::string& path) {
  std::vector<int> values(60 * 50);
  std::iota(values.begin(), values.end(), -1000);
  std::array<long, 2> axes{60, 50};
  fitsfile* file = nullptr;
  int status = 0;
  fits_create_diskfile(&file, path.c_str(), &status);
  fits_set_compression_type(file, RICE_1, &status);
  fits_create_img(file, LONG_IMG, 2, axes.data(), &status);
  fits_write_key_str(file, "EXTNAME", "SCI", nullptr, &status);
  fits_write_key_str(file, "BUNIT", "adu", nullptr, &status);
  fits_write_img(file, TINT, 1, static_cast<LONGLONG>(values.size()), values.data(), &status);
  fits_close_file(file, &status);
  ASSERT_EQ(status, 0);
}

TEST(FitsReader, TileCompressedImages) {
  const TempFolder folder;
  const std::string path = folder.path("a.fits.fz");
  write_tiles(path);
  const FitsImage image = read_fits_image(parse_fits_name(path));
  EXPECT_TRUE(image.hdu.compressed);
  EXPECT_EQ(image.full_shape, (Shape{50, 60}));
  for (std::size_t i = 0; i < 3000; ++i) ASSERT_EQ(image.pixels.pixels()[i], static_cast<double>(i) - 1000.0);
  EXPECT_EQ(read(path + "[SCI][11:12,3:3]")(0, 0), 2.0 * 60.0 + 10.0 - 1000.0);
  EXPECT_EQ(header_value(image.header, "BUNIT"), "adu");
  EXPECT_FALSE(header_value(image.header, "TFIELDS"));
  EXPECT_FALSE(header_value(image.header, "ZBITPIX"));
}

TEST(FitsReader, HeadersThatCfitsioWouldComeToHarmBy) {
  const TempFolder folder;
  write_tiles(folder.path("a.fits.fz"));
  std::ifstream file(folder.path("a.fits.fz"), std::ios::binary);
  const std::string whole(std::istreambuf_iterator<char>(file), {});
  const auto damaged = [&](const std::string& keyword, const std::string& value) {
    std::string bytes = whole;
    bytes.replace(bytes.find(keyword), 80, card(keyword, value));
    const std::string name = folder.write("d.fits.fz", bytes);
    const std::string plain = problem(name);
    write_gzip(name + ".gz", bytes);
    EXPECT_EQ(problem(name + ".gz"), plain == "read" ? plain : name + ".gz" + plain.substr(name.size()));
    return plain;
  };
  EXPECT_EQ(damaged("ZTILE1", "+60"), "read");
  for (const char* side : {"0", "-60", "59.5", ".bz2   1", "'60'", "1e400", "nan"}) {
    EXPECT_THAT(damaged("ZTILE1", side), testing::HasSubstr(std::string("ZTILE1 = ") + side)) << side;
  }
  EXPECT_THAT(damaged("ZTILE2", "0"), testing::HasSubstr("ZTILE2 = 0: the file is damaged: a side of"));
  std::string crowded = whole;
  crowded.replace(crowded.find("ZTILE1"), 11, "ZTILE1  =0 ");  // the value comes before its place
  EXPECT_THAT(problem(folder.write("d.fits.fz", crowded)), testing::HasSubstr("ZTILE1 = 0 "));
  EXPECT_THAT(damaged("ZNAXIS1 ", "0   8"),
              testing::HasSubstr("ZNAXIS1 = 0   8: the file is damaged: a side"));
  EXPECT_THAT(damaged("ZNAXIS ", "7"),
              testing::HasSubstr("ZNAXIS = 7: a compressed image cannot have so many"));
  EXPECT_EQ(damaged("ZVAL2", "0000000000000000000000000004"), "read");
  const std::string endless = "'/ no number that ends in this card'";
  for (const char* key : {"ZVAL2", "ZBITPIX"})
    EXPECT_THAT(damaged(key, endless), testing::HasSubstr("a number is expected (at most 28 char")) << key;
  EXPECT_THAT(damaged("ZVAL2", "(   4 / bytes of a complex number)"),
              testing::HasSubstr("a number is expected"));
  EXPECT_THAT(problem(folder.write("p.fits", primary<float>({1, 1}, {2.0F}, {card("EXTVER", endless)}))),
              testing::HasSubstr("EXTVER = " + endless));
  const std::string nothing = "/ not a number, and nothing else either";
  EXPECT_EQ(problem(folder.write("p.fits", primary<float>({1, 1}, {2.0F}, {card("EXTVER", nothing)}))),
            "read");
  EXPECT_EQ(damaged("EXTNAME", "'a text of more than twenty-eight characters'"), "read");
  for (const char* key : {"TTYPE1", "TFORM1", "ZCMPTYPE"}) {
    EXPECT_THAT(damaged(key, std::string(70, 'P')), testing::HasSubstr("a text in quotes is expected"))
        << key;
  }
  EXPECT_THAT(damaged("TFIELDS", "1000000000"), testing::HasSubstr("a table with too many columns"));
}

TEST(FitsReader, AbsurdSizesAreRefusedBeforeMemoryIsTaken) {
  const TempFolder folder;
  const std::string huge = test::unit(card("SIMPLE", "T"), -64, {2'000'000'000, 2'000'000'000}, {}, "");
  EXPECT_THAT(problem(folder.write("huge.fits", huge)), testing::HasSubstr("too many"));
  const std::string hollow = test::unit(card("SIMPLE", "T"), -64, {16'000, 16'000}, {}, "");
  EXPECT_THAT(problem(folder.write("hollow.fits", hollow)), testing::HasSubstr("truncated"));
  write_gzip(folder.path("hollow.fits.gz"), hollow);
  EXPECT_THAT(problem(folder.path("hollow.fits.gz")), testing::HasSubstr("truncated"));
}

TEST(FitsReader, DamagedHeadersNeverCrash) {
  const TempFolder folder;
  const std::string whole = three_units();
  for (std::size_t i = 0; i < whole.size(); i += 31) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x15);
    const std::string file = folder.write("d.fits", damaged);
    for (const char* extension : {"", "[2]", "[DQ]"}) EXPECT_FALSE(problem(file + extension).empty());
  }
}

TEST(FitsReader, HeaderValues) {
  const TempFolder folder;
  const std::string file = folder.write(
      "a.fits", primary<float>({1, 1}, {1.0F},
                               {card("OBJECT", "'O''Neil''s  '"), card("GAIN", "+1.5D+01"), card("N", "-3"),
                                card("FLAG", "T"), card("EMPTY", "''"), card("GAIN", "2.0")}));
  const HeaderCards header = read_fits_image(parse_fits_name(file)).header;
  EXPECT_EQ(header_value(header, "OBJECT"), "O'Neil's");
  EXPECT_EQ(header_number(header, "GAIN"), 15.0);
  EXPECT_EQ(header_number(header, "N"), -3.0);
  EXPECT_EQ(header_value(header, "FLAG"), "T");
  EXPECT_EQ(header_value(header, "EMPTY"), "");
  EXPECT_FALSE(header_value(header, "NONE"));
  EXPECT_FALSE(header_number(header, "OBJECT"));
  for (const std::string& text : header) EXPECT_EQ(text.size(), 80u);
}

TEST(FitsReader, ManyThreadsReadAtOnce) {
  const TempFolder folder;
  const std::string file = folder.write("a.fits", three_units());
  std::array<double, 8> sums{};
  std::vector<std::thread> threads;
  for (double& sum : sums) {
    threads.emplace_back([&file, &sum] {
      for (int i = 0; i < 50; ++i) sum += read(file + "[SCI,2]")(0, 1) + read(file + "[DQ]")(0, 1);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(sums, testing::Each(400.0));
}

}  // namespace
}  // namespace gaxel::io
