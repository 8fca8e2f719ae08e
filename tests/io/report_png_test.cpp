// Pictures are decoded again by libpng's own reader.
#include "io/report/png.hpp"

#include <gtest/gtest.h>
#include <png.h>

#include <vector>

namespace gaxel::io::report {
namespace {

struct Decoded {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgb;
};

Decoded decode(const std::string& bytes) {
  png_image image = {};
  image.version = PNG_IMAGE_VERSION;
  EXPECT_TRUE(png_image_begin_read_from_memory(&image, bytes.data(), bytes.size())) << image.message;
  image.format = PNG_FORMAT_RGB;
  Decoded decoded{static_cast<int>(image.width), static_cast<int>(image.height), {}};
  decoded.rgb.resize(PNG_IMAGE_SIZE(image));
  EXPECT_TRUE(png_image_finish_read(&image, nullptr, decoded.rgb.data(), 0, nullptr)) << image.message;
  return decoded;
}

TEST(Png, EveryPixelComesBack) {
  Picture picture(37, 11);
  for (int row = 0; row < 11; ++row) {
    for (int col = 0; col < 37; ++col) {
      picture.at(row, col) = {static_cast<std::uint8_t>(row * 20), static_cast<std::uint8_t>(col * 6),
                              static_cast<std::uint8_t>((row * col) % 256)};
    }
  }
  const Decoded decoded = decode(encode_png(picture));
  ASSERT_EQ(decoded.width, 37);
  ASSERT_EQ(decoded.height, 11);
  for (int row = 0; row < 11; ++row) {
    for (int col = 0; col < 37; ++col) {
      const std::size_t at = static_cast<std::size_t>(row * 37 + col) * 3;
      EXPECT_EQ(decoded.rgb[at], row * 20);
      EXPECT_EQ(decoded.rgb[at + 1], col * 6);
      EXPECT_EQ(decoded.rgb[at + 2], (row * col) % 256);
    }
  }
}

TEST(Png, FillsNewPictures) {
  const Decoded decoded = decode(encode_png(Picture(2, 1, {9, 8, 7})));
  EXPECT_EQ(decoded.rgb, (std::vector<std::uint8_t>{9, 8, 7, 9, 8, 7}));
}

TEST(Png, RefusesEmptyPictures) {
  EXPECT_THROW(Picture(0, 3), std::invalid_argument);
  EXPECT_THROW(Picture(3, -1), std::invalid_argument);
}

TEST(Base64, VectorsOfRfc4648) {
  const std::vector<std::pair<std::string, std::string>> vectors = {{"", ""},
                                                                    {"f", "Zg=="},
                                                                    {"fo", "Zm8="},
                                                                    {"foo", "Zm9v"},
                                                                    {"foob", "Zm9vYg=="},
                                                                    {"fooba", "Zm9vYmE="},
                                                                    {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : vectors) EXPECT_EQ(base64(plain), coded);
}

TEST(Base64, AllBytes) {
  // 0xfb 0xff 0xfe is the group whose digits are the last ones of the alphabet.
  EXPECT_EQ(base64(std::string("\xfb\xff\xfe", 3)), "+//+");
  EXPECT_EQ(base64(std::string(1, '\0')), "AA==");
}

TEST(Png, DataUriHoldsTheFile) {
  const Picture picture(3, 2, {1, 2, 3});
  EXPECT_EQ(png_data_uri(picture), "data:image/png;base64," + base64(encode_png(picture)));
}

}  // namespace
}  // namespace gaxel::io::report
