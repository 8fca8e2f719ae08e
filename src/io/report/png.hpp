// Pictures: RGB pixels in memory, and their PNG file.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gaxel::io::report {

using Rgb = std::array<std::uint8_t, 3>;

/// A picture of 8 bits a channel, top row first.
class Picture {
 public:
  /// Throws std::invalid_argument unless both sides are positive.
  Picture(int width, int height, Rgb fill = {255, 255, 255});

  int width() const { return width_; }
  int height() const { return height_; }
  Rgb& at(int row, int col) { return pixels_[index(row, col)]; }
  const Rgb& at(int row, int col) const { return pixels_[index(row, col)]; }
  const std::uint8_t* row(int row) const { return pixels_[index(row, 0)].data(); }

 private:
  std::size_t index(int row, int col) const {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(width_) + static_cast<std::size_t>(col);
  }

  int width_ = 0;
  int height_ = 0;
  std::vector<Rgb> pixels_;
};

/// The bytes of a PNG file (8-bit RGB) of the picture. Throws OutputError when libpng fails.
std::string encode_png(const Picture& picture);

/// Base64 (RFC 4648, padded) of any bytes.
std::string base64(std::string_view bytes);

/// "data:image/png;base64,..." of the picture, for an href inside HTML or SVG.
std::string png_data_uri(const Picture& picture);

}  // namespace gaxel::io::report
