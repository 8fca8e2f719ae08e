// Compressed images that CFITSIO has written are read; damaged ones are refused before it unpacks them.
#include "io/tile_streams.hpp"

#include <fitsio.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>

#include "gaxel/error.hpp"
#include "io/fits_file.hpp"
#include "io/raw_fits.hpp"

namespace gaxel::io {
namespace {

using test::card;
using test::TempFolder;
using testing::HasSubstr;

/// How CFITSIO is to pack an image.
struct Packing {
  int method = RICE_1;
  int bitpix = LONG_IMG;
  std::array<long, 2> axes{20, 13};
  std::array<long, 2> tile{20, 1};
  float scale = 0.0F;     // of HCOMPRESS_1
  int smooth = 0;         // of HCOMPRESS_1
  float quantize = 0.0F;  // of floating-point numbers: 0 is not
  int dither = NO_DITHER;
};

std::ostream& operator<<(std::ostream& out, const Packing& p) {
  return out << "method " << p.method << ", BITPIX " << p.bitpix << ", " << p.axes[0] << " x " << p.axes[1]
             << " in tiles of " << p.tile[0] << " x " << p.tile[1] << ", scale " << p.scale << ", smooth "
             << p.smooth << ", quantize " << p.quantize << ", dither " << p.dither;
}

/// CFITSIO converts no numbers as it packs them.
template <typename T>
void write_pixels(fitsfile* file, int type, const std::vector<double>& values, int& status) {
  std::vector<T> numbers(values.size());
  std::ranges::transform(values, numbers.begin(), [](double value) { return static_cast<T>(value); });
  fits_write_img(file, type, 1, std::ssize(numbers), numbers.data(), &status);
}

void add_image(fitsfile* file, Packing packing, const std::vector<double>& values) {
  int status = 0;
  fits_set_compression_type(file, packing.method, &status);
  fits_set_tile_dim(file, 2, packing.tile.data(), &status);
  fits_set_hcomp_scale(file, packing.scale, &status);
  fits_set_hcomp_smooth(file, packing.smooth, &status);
  fits_set_quantize_level(file, packing.quantize, &status);
  fits_set_quantize_method(file, packing.dither, &status);
  fits_set_dither_seed(file, 5, &status);
  fits_create_img(file, packing.bitpix, 2, packing.axes.data(), &status);
  if (packing.bitpix == BYTE_IMG) write_pixels<std::uint8_t>(file, TBYTE, values, status);
  if (packing.bitpix == SHORT_IMG) write_pixels<std::int16_t>(file, TSHORT, values, status);
  if (packing.bitpix == LONG_IMG) write_pixels<std::int32_t>(file, TINT, values, status);
  if (packing.bitpix == FLOAT_IMG) write_pixels<float>(file, TFLOAT, values, status);
  if (packing.bitpix == DOUBLE_IMG) write_pixels<double>(file, TDOUBLE, values, status);
  fits_flush_file(file, &status);
  ASSERT_EQ(status, 0) << packing;
}

void write_image(const std::string& path, const Packing& packing, const std::vector<double>& values) {
  int status = 0;
  fitsfile* file = nullptr;
  std::filesystem::remove(path);
  fits_create_diskfile(&file, path.c_str(), &status);
  add_image(file, packing, values);
  fits_close_file(file, &status);
  ASSERT_EQ(status, 0) << packing;
}

/// What CFITSIO reads in the first extension.
std::vector<double> unpacked(const std::string& path, std::size_t pixels) {
  std::vector<double> values(pixels);
  int status = 0;
  int any_null = 0;
  fitsfile* file = nullptr;
  fits_open_diskfile(&file, path.c_str(), READONLY, &status);
  fits_movabs_hdu(file, 2, nullptr, &status);
  fits_read_img(file, TDOUBLE, 1, std::ssize(values), nullptr, values.data(), &any_null, &status);
  fits_close_file(file, &status);
  EXPECT_EQ(status, 0);
  return values;
}

std::string problem(const std::string& path) {
  try {
    read_fits_image(parse_fits_name(path));
  } catch (const InputError& error) {
    return error.what();
  }
  return "read";
}

/// Whole numbers about `level`: constant where `spread` is 0, with a few bright pixels else.
std::vector<double> noise(const std::array<long, 2>& axes, double level, double spread) {
  std::vector<double> values(static_cast<std::size_t>(axes[0] * axes[1]));
  std::mt19937 random(1);
  std::uniform_real_distribution<double> from(-1.0, 1.0);
  for (double& value : values) value = std::trunc(level + spread * from(random));
  if (spread > 0.0) values[values.size() / 2] = level + spread;
  return values;
}

/// Levels and spreads, up to those that fill the numbers of a BITPIX. CFITSIO 4.2 takes too little memory to
/// pack larger steps or single pixels as PLIO_1, and small tiles with more noise as HCOMPRESS_1.
std::vector<std::array<double, 2>> ranges(int method, int bitpix) {
  if (method == PLIO_1 && bitpix == LONG_IMG) return {{0, 0}, {1, 0}, {1, 1}, {5000, 2000}, {8e6, 0}};
  if (bitpix == BYTE_IMG) return {{0, 0}, {7, 0}, {9, 3}, {127, 127}};
  if (method == PLIO_1) return {{0, 0}, {1, 1}, {16000, 2000}};
  if (method == HCOMPRESS_1) return {{-3, 0}, {1, 2}, {-100, 90}, {0, bitpix == SHORT_IMG ? 300 : 1e5}};
  if (bitpix == SHORT_IMG) return {{-3, 0}, {1, 2}, {-100, 90}, {0, 32767}};
  return {{-3, 0}, {1, 2}, {-100, 9000}, {0, 2147483647}};
}

TEST(TileStreams, IntegersThatCfitsioHasPacked) {
  const TempFolder folder;
  const std::string path = folder.path("a.fits");
  for (const int method : {RICE_1, GZIP_1, GZIP_2, PLIO_1, HCOMPRESS_1}) {
    for (const int bitpix : {BYTE_IMG, SHORT_IMG, LONG_IMG}) {
      for (const std::array<long, 2> axes : {std::array<long, 2>{20, 13}, {1, 9}, {67, 41}, {100, 4}}) {
        for (const std::array<long, 2> tile : {std::array<long, 2>{axes[0], 1}, {7, 9}, {1, 9}, {21, 33}}) {
          const bool flat = std::min({tile[0], tile[1], axes[0], axes[1]}) < 4;
          if ((method == HCOMPRESS_1 && flat) || (method == PLIO_1 && tile[0] * tile[1] == 1) ||
              tile[0] > axes[0] || tile[1] > axes[1])
            continue;
          for (const auto& [level, spread] : ranges(method, bitpix)) {
            const Packing packing{method, bitpix, axes, tile};
            const std::vector<double> values = noise(axes, level, spread);
            write_image(path, packing, values);
            ASSERT_EQ(problem(path), "read") << packing << ", " << level << " +- " << spread;
            const Image image = read_fits_image(parse_fits_name(path)).pixels;
            ASSERT_TRUE(std::ranges::equal(image.pixels(), values)) << packing << ", " << spread;
          }
        }
      }
    }
  }
}

TEST(TileStreams, NumbersThatCfitsioHasRounded) {
  const TempFolder folder;
  const std::string path = folder.path("a.fits");
  std::vector<Packing> packings;
  for (const int bitpix : {FLOAT_IMG, DOUBLE_IMG}) {
    for (const int dither : {NO_DITHER, SUBTRACTIVE_DITHER_1, SUBTRACTIVE_DITHER_2}) {
      for (const int method : {RICE_1, GZIP_1, GZIP_2, HCOMPRESS_1})
        packings.push_back({method, bitpix, {67, 41}, {16, 11}, 0.0F, 0, 4.0F, dither});
    }
    for (const int method : {GZIP_1, GZIP_2}) packings.push_back({method, bitpix, {67, 41}, {16, 11}});
  }
  for (const int smooth : {0, 1}) {
    packings.push_back({HCOMPRESS_1, SHORT_IMG, {67, 41}, {16, 11}, 4.0F, smooth});
    packings.push_back({HCOMPRESS_1, LONG_IMG, {67, 41}, {67, 41}, 4.0F, smooth});
    packings.push_back({HCOMPRESS_1, FLOAT_IMG, {67, 41}, {16, 11}, 4.0F, smooth, 4.0F});
  }
  for (const Packing& packing : packings) {
    std::vector<double> values = noise(packing.axes, 50.0, 3000.0);
    if (packing.bitpix < 0) std::ranges::for_each(values, [](double& value) { value *= 0.3; });
    std::fill_n(values.begin(), 200, 7.0);  // tiles of a constant are gzipped
    write_image(path, packing, values);
    ASSERT_EQ(problem(path), "read") << packing;
    const Image image = read_fits_image(parse_fits_name(path)).pixels;
    ASSERT_TRUE(std::ranges::equal(image.pixels(), unpacked(path, values.size()))) << packing;
    // Half a step is an eighth of the noise, whose spread is 1000 and less; of HCOMPRESS_1 half the scale.
    for (std::size_t i = 0; i < values.size(); ++i)
      ASSERT_NEAR(image.pixels()[i], values[i], packing.scale > 0.0F ? 5000.0 : 300.0) << packing;
  }
}

/// A file with one compressed image, to be damaged.
struct PackedFile {
  TempFolder folder;
  std::string path = folder.path("a.fits");
  std::string bytes;
  std::size_t table = 0;  // where the descriptors of the tiles begin; those of the first column come first
  std::size_t heap = 0;
  std::size_t end = 0;

  PackedFile(const Packing& packing, const std::vector<double>& values) {
    write_image(path, packing, values);
    std::ifstream in(path, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
    const std::size_t header = bytes.find("XTENSION");
    for (table = header; !bytes.substr(table, 80).starts_with("END     ");) table += 80;
    table = (table / test::kFitsBlock + 1) * test::kFitsBlock;
    heap = table + number("NAXIS1") * number("NAXIS2");
    end = heap + number("PCOUNT");
  }

  std::size_t number(const std::string& keyword) const {
    const std::size_t at = bytes.find(card(keyword, "1").substr(0, 10), bytes.find("XTENSION"));
    return std::stoul(bytes.substr(at + 10, 20));
  }

  /// What is said of the file with other bytes at a place.
  std::string with(std::size_t at, const std::string& others) const {
    std::string damaged = bytes;
    std::filesystem::remove(folder.path("damaged.fits"));  // to write over it would wait for the disk
    return problem(folder.write("damaged.fits", damaged.replace(at, others.size(), others)));
  }
  std::string with(const std::string& keyword, const std::string& value) const {
    return with(bytes.find(card(keyword, "1").substr(0, 10)), card(keyword, value));
  }
};

const std::vector<Packing> kMethods = {
    {RICE_1, BYTE_IMG, {20, 13}, {20, 5}},     {RICE_1, SHORT_IMG, {20, 13}, {20, 5}},
    {RICE_1, LONG_IMG, {20, 13}, {20, 5}},     {PLIO_1, SHORT_IMG, {20, 13}, {20, 5}},
    {GZIP_1, SHORT_IMG, {20, 13}, {20, 5}},    {HCOMPRESS_1, SHORT_IMG, {20, 13}, {20, 5}},
    {HCOMPRESS_1, LONG_IMG, {20, 13}, {7, 13}}};

/// Counts with a few bright pixels: some blocks are empty, some in full.
std::vector<double> blobs() {
  std::vector<double> values = noise({20, 13}, 20.0, 20.0);
  std::fill_n(values.begin() + 30, 45, 3.0);
  values[7] = values[90] = 250.0;
  return values;
}

TEST(TileStreams, TilesThatBreakOffAreRefused) {
  for (const Packing& packing : kMethods) {
    const PackedFile file(packing, blobs());
    ASSERT_EQ(file.with(file.table, ""), "read") << packing;
    const std::size_t row = file.number("NAXIS1");
    for (std::size_t tile = 0; tile < file.number("NAXIS2"); ++tile) {
      const std::size_t at = file.table + tile * row;
      const int length = static_cast<unsigned char>(file.bytes[at + 3]) +
                         256 * static_cast<unsigned char>(file.bytes[at + 2]);
      for (int shorter = 1; shorter < length; ++shorter) {
        ASSERT_THAT(file.with(at, test::big_endian<std::int32_t>({shorter})),
                    HasSubstr("tile " + std::to_string(tile + 1) + " is not packed as"))
            << packing << ", " << shorter << " of " << length;
      }
      EXPECT_NE(file.with(at, test::big_endian<std::int32_t>({0})), "read") << packing;
    }
  }
}

TEST(TileStreams, DamagedBytesNeverCrash) {
  for (const Packing& packing : kMethods) {
    const PackedFile file(packing, blobs());
    int refused = 0;
    for (std::size_t at = file.table; at < file.end; ++at) {
      for (const int flipped : {0x01, 0x80, 0xff}) {
        const char other = static_cast<char>(file.bytes[at] ^ flipped);
        const std::string what = file.with(at, {other});
        if (what == "read") continue;
        EXPECT_THAT(what, HasSubstr("damaged")) << packing;
        ++refused;
      }
    }
    EXPECT_GT(refused, 0) << packing;
  }
}

TEST(TileStreams, Rice) {
  // Two bytes for the first pixel, then blocks: without differences, of one low bit each, in full.
  const std::vector<std::uint8_t> packed{0x01, 0x02, 0b0000'0010, 0b1001'1111, 0xab, 0xcd, 0b1000'0000};
  EXPECT_TRUE(is_rice(packed, 2, 2, 2));   // 4 bits of 16 + 8
  EXPECT_TRUE(is_rice(packed, 2, 2, 4));   // 0010, and twice a one with a low bit: 10 01 is 0 and a run
  EXPECT_FALSE(is_rice(packed, 2, 0, 4));  // no blocks
  EXPECT_FALSE(is_rice(packed, 2, 2, 400));
  EXPECT_FALSE(is_rice(std::vector<std::uint8_t>{1, 2}, 2, 2, 1));           // no block after the first pixel
  EXPECT_TRUE(is_rice(std::vector<std::uint8_t>{1, 2, 0}, 2, 2, 4));         // 4 bits each
  EXPECT_FALSE(is_rice(std::vector<std::uint8_t>{1, 2, 0}, 2, 2, 5));        // one block more
  EXPECT_TRUE(is_rice(std::vector<std::uint8_t>{1, 0b0011'1111}, 1, 4, 4));  // unary zeros
  EXPECT_FALSE(is_rice(std::vector<std::uint8_t>{1, 0b0010'0000, 0}, 1, 1, 1));           // a run without end
  EXPECT_TRUE(is_rice(std::vector<std::uint8_t>{1, 0b1110'0000, 0b1110'0000}, 1, 1, 1));  // in full
  EXPECT_FALSE(
      is_rice(std::vector<std::uint8_t>{0, 0, 0, 1, 0b1101'1000, 0, 0, 0, 0}, 4, 9, 1));  // 27 - 1 > 25
}

TEST(TileStreams, LineListsOfPlio) {
  const auto list = [](std::vector<std::int16_t> instructions) {
    std::vector<std::int16_t> words{0, 7, -100, static_cast<std::int16_t>(7 + instructions.size()), 0, 0, 0};
    words.insert(words.end(), instructions.begin(), instructions.end());
    return words;
  };
  EXPECT_TRUE(is_plio(list({0x4000 + 10}), 10));
  EXPECT_TRUE(is_plio(list({0x1000 + 10, 3, 0x4000 + 10}), 10));
  EXPECT_FALSE(is_plio(list({0x1000 + 10}), 10));         // takes a word that is not there
  EXPECT_TRUE(is_plio(list({0x4000 + 10, 0x1000}), 10));  // all pixels are there before
  EXPECT_FALSE(is_plio(list({0x4000 + 9, 0x1000}), 10));
  EXPECT_TRUE(is_plio(std::vector<std::int16_t>{0, 0, 4, 0x4000 + 10}, 10));  // the old header
  EXPECT_FALSE(is_plio(std::vector<std::int16_t>{0, 0, 5, 0x4000 + 10}, 10));
  EXPECT_FALSE(is_plio(std::vector<std::int16_t>{0, 7, -100, 7, 1, 0, 0}, 10));   // 32775 words
  EXPECT_FALSE(is_plio(std::vector<std::int16_t>{0, 7, -100, 0, 0, 0, 0}, 10));   // none
  EXPECT_FALSE(is_plio(std::vector<std::int16_t>{0, -1, -100, 7, 0, 0, 0}, 10));  // begins before
  EXPECT_FALSE(is_plio(std::vector<std::int16_t>{0, 7}, 10));
}

TEST(TileStreams, Hcompress) {
  std::vector<std::uint8_t> packed{0xdd, 0x99, 0, 0, 0, 5, 0, 0, 0, 4, 0, 0, 0, 0};
  packed.resize(25);                             // the sum, and no bit planes
  EXPECT_FALSE(is_hcompress(packed, 4, 5, 32));  // the mark of the end is missing
  packed.push_back(0);
  EXPECT_TRUE(is_hcompress(packed, 4, 5, 32));
  EXPECT_FALSE(is_hcompress(packed, 5, 4, 32));  // rows come first
  for (const std::size_t at : {0U, 1U, 2U, 5U, 9U, 25U}) {
    std::vector<std::uint8_t> damaged = packed;
    damaged[at] ^= 0x10U;
    EXPECT_FALSE(is_hcompress(damaged, 4, 5, 32)) << at;
  }
  packed[22] = 1;  // a plane of 3 x 2 pixels in the first quadrant, as 2 codes
  packed.insert(packed.end() - 1, {0x0f, 0x40});
  EXPECT_TRUE(is_hcompress(packed, 4, 5, 32));
  packed.pop_back();
  EXPECT_FALSE(is_hcompress(packed, 4, 5, 32));  // the signs of 5 pixels are missing
  packed.push_back(0xff);
  EXPECT_TRUE(is_hcompress(packed, 4, 5, 32));
  packed[22] = 32;
  EXPECT_FALSE(is_hcompress(packed, 4, 5, 32));  // more planes than bits
}

TEST(TileStreams, HeadersThatCfitsioWouldComeToHarmBy) {
  const PackedFile rice({RICE_1, SHORT_IMG, {20, 13}, {20, 5}}, blobs());
  for (const char* size : {"0", "-32", "1.5"})
    EXPECT_THAT(rice.with("ZVAL1", size), HasSubstr(std::string("ZVAL1 = ") + size)) << size;
  EXPECT_THAT(rice.with("ZVAL1", "1"), HasSubstr("tile 1 is not packed as RICE_1 should be"));
  EXPECT_THAT(rice.with("ZVAL2", "4"), HasSubstr("tile 1 is not packed as RICE_1 should be"));
  EXPECT_THAT(rice.with("ZCMPTYPE", "'HCOMPRESS_1'"), HasSubstr("tile 1 is not packed as HCOMPRESS_1"));
  EXPECT_THAT(rice.with("ZCMPTYPE", "'PLIO_1'"), HasSubstr("COMPRESSED_DATA is not of the type"));
  // Numbers that are not quantized, in 2 bytes: CFITSIO would read 8 for each.
  EXPECT_THAT(rice.with("ZBITPIX", "-64"), HasSubstr("tile 1 is not packed as RICE_1 should be"));
  const PackedFile gzip({GZIP_1, SHORT_IMG, {20, 13}, {20, 5}}, blobs());
  EXPECT_THAT(gzip.with("ZBITPIX", "-64"), HasSubstr("tile 1 is not packed as GZIP_1 should be"));
  const PackedFile dithered({RICE_1, FLOAT_IMG, {20, 13}, {20, 5}, 0.0F, 0, 4.0F, SUBTRACTIVE_DITHER_1},
                            noise({20, 13}, 5.0, 9e3));
  EXPECT_EQ(dithered.with("ZDITHER0", "10000"), "read");
  for (const char* seed : {"0", "-7", "10001"})
    EXPECT_THAT(dithered.with("ZDITHER0", seed), HasSubstr(std::string("ZDITHER0 is ") + seed));
}

/// A tile of one row of floating-point numbers beside its empty packed form, as CFITSIO wrote it before 2011.
void write_unpacked_tile(const std::string& path, std::vector<float> values) {
  std::array<const char*, 2> names{"COMPRESSED_DATA", "UNCOMPRESSED_DATA"};
  std::array<const char*, 2> forms{"1PB", "1PE"};
  fitsfile* file = nullptr;
  int status = 0;
  fits_create_diskfile(&file, path.c_str(), &status);
  fits_create_tbl(file, BINARY_TBL, 1, 2, const_cast<char**>(names.data()), const_cast<char**>(forms.data()),
                  nullptr, nullptr, &status);
  int yes = 1;
  fits_write_key(file, TLOGICAL, "ZIMAGE", &yes, nullptr, &status);
  fits_write_key_str(file, "ZCMPTYPE", "RICE_1", nullptr, &status);
  for (const auto& [keyword, value] :
       {std::pair{"ZBITPIX", -32}, {"ZNAXIS", 2}, {"ZNAXIS1", 4}, {"ZNAXIS2", 1}, {"ZVAL1", 32}})
    fits_write_key_lng(file, keyword, value, nullptr, &status);
  fits_write_col(file, TFLOAT, 2, 1, 1, std::ssize(values), values.data(), &status);
  fits_close_file(file, &status);
  ASSERT_EQ(status, 0);
}

TEST(TileStreams, TilesThatAreNotPacked) {
  const TempFolder folder;
  write_unpacked_tile(folder.path("a.fits"), {1.5F, 2.5F, 3.5F, 4.5F});
  const Image image = read_fits_image(parse_fits_name(folder.path("a.fits"))).pixels;
  EXPECT_EQ(image(0, 3), 4.5);
  write_unpacked_tile(folder.path("b.fits"), {1.5F, 2.5F, 3.5F, 4.5F, 5.5F});
  EXPECT_THAT(problem(folder.path("b.fits")), HasSubstr("tile 1 has 5 of 4 pixels"));
}

// CFITSIO 4.2 keeps in mind that the numbers of the image before were not quantized.
TEST(TileStreams, DitheredAfterNotQuantized) {
  const TempFolder folder;
  const std::string path = folder.path("a.fits");
  const std::array<long, 2> axes{67, 41};
  const std::vector<double> values = noise(axes, 50.0, 3000.0);
  fitsfile* file = nullptr;
  int status = 0;
  fits_create_diskfile(&file, path.c_str(), &status);
  add_image(file, {GZIP_1, FLOAT_IMG, axes, {67, 1}}, values);
  add_image(file, {RICE_1, FLOAT_IMG, axes, {67, 1}, 0.0F, 0, 16.0F, SUBTRACTIVE_DITHER_1}, values);
  fits_close_file(file, &status);
  const FitsReader reader(path);
  for (const int unit : {1, 2, 1, 2}) {
    const HduInfo& hdu = reader.hdus()[static_cast<std::size_t>(unit)];
    const Image image = reader.read(hdu, whole(reader.shape(hdu)));
    for (std::size_t i = 0; i < values.size(); ++i)
      ASSERT_NEAR(image.pixels()[i], values[i], unit == 1 ? 0.0 : 100.0) << unit;
  }
}

}  // namespace
}  // namespace gaxel::io
