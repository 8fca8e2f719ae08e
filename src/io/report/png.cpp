#include "io/report/png.hpp"

#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <stdexcept>

#include "gaxel/error.hpp"

namespace gaxel::io::report {
namespace {

struct Sink {
  std::string bytes;
  std::string error;
};

void append_bytes(png_structp png, png_bytep data, png_size_t length) {
  static_cast<Sink*>(png_get_io_ptr(png))->bytes.append(reinterpret_cast<const char*>(data), length);
}

void flush_nothing(png_structp) {}

void remember_error(png_structp png, png_const_charp message) {
  static_cast<Sink*>(png_get_error_ptr(png))->error = message;
  png_longjmp(png, 1);
}

void ignore_warning(png_structp, png_const_charp) {}

// libpng reports errors by longjmp, which must not cross a destructor: nothing with one lives in this
// function.
bool write_png(png_structp png, png_infop info, const Picture& picture, Sink& sink) {
  if (setjmp(png_jmpbuf(png))) return false;
  png_set_write_fn(png, &sink, append_bytes, flush_nothing);
  png_set_IHDR(png, info, static_cast<png_uint_32>(picture.width()),
               static_cast<png_uint_32>(picture.height()), 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_sRGB_gAMA_and_cHRM(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
  png_write_info(png, info);
  for (int row = 0; row < picture.height(); ++row) png_write_row(png, picture.row(row));
  png_write_end(png, info);
  return true;
}

}  // namespace

Picture::Picture(int width, int height, Rgb fill) : width_(width), height_(height) {
  if (width <= 0 || height <= 0) throw std::invalid_argument("a picture needs positive sides");
  pixels_.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), fill);
}

std::string encode_png(const Picture& picture) {
  Sink sink;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &sink, remember_error, ignore_warning);
  png_infop info = png ? png_create_info_struct(png) : nullptr;
  const bool written = info && write_png(png, info, picture, sink);
  png_destroy_write_struct(&png, &info);
  if (!written) throw OutputError("PNG picture could not be made: " + sink.error);
  return std::move(sink.bytes);
}

std::string base64(std::string_view bytes) {
  static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < have ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= have ? kDigits[group >> (18 - 6 * k) & 63U] : '=';
    }
  }
  return text;
}

std::string png_data_uri(const Picture& picture) {
  return "data:image/png;base64," + base64(encode_png(picture));
}

}  // namespace gaxel::io::report
