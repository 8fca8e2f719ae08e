#include "io/pixel_list.hpp"

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <optional>
#include <sstream>

#include "gaxel/error.hpp"

namespace gaxel::io {

namespace {

/// The line without its comment; true when anything is left.
bool has_words(std::string& line) {
  line.resize(std::min(line.find('#'), line.size()));
  return line.find_first_not_of(" \t\r") != std::string::npos;
}

std::optional<ListedPixel> parse(const std::string& line) {
  std::istringstream words(line);
  double x = 0.0;
  double y = 0.0;
  constexpr double kLargest = 1e9;
  if (!(words >> x >> y) || x != std::floor(x) || y != std::floor(y) || std::abs(x) > kLargest ||
      std::abs(y) > kLargest)
    return std::nullopt;
  return ListedPixel{static_cast<int>(x), static_cast<int>(y)};
}

}  // namespace

bool is_pixel_list(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  constexpr std::size_t kLongestLine = 1000;  // FITS has lines without end
  for (std::string line; std::getline(file, line);) {
    if (line.size() > kLongestLine || line.find('\0') != std::string::npos) return false;
    if (has_words(line)) return parse(line).has_value();
  }
  return false;
}

std::vector<ListedPixel> read_pixel_list(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<ListedPixel> pixels;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (!has_words(line)) continue;
    const std::optional<ListedPixel> pixel = parse(line);
    if (!pixel)
      throw InputError(
          {fmt::format("{}:{}", path, number), "", line, "no pixel", "two whole numbers, x y, from 1"});
    pixels.push_back(*pixel);
  }
  return pixels;
}

}  // namespace gaxel::io
