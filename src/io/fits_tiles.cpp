#include "io/fits_tiles.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <array>
#include <cmath>
#include <memory>
#include <string_view>

namespace gaxel::io {

namespace {

/// A whole number of the header, or what stands in its place where there is none.
std::int64_t number(fitsfile* file, const std::string& keyword, std::int64_t otherwise) {
  int status = 0;
  LONGLONG value = 0;
  if (fits_read_key(file, TLONGLONG, keyword.c_str(), &value, nullptr, &status) == 0) return value;
  fits_clear_errmsg();
  return otherwise;
}

/// How an image is cut: pixels of a tile, and tiles.
struct Tiles {
  double pixels = 1.0;
  double count = 1.0;
};

std::string size_problem(fitsfile* file, const std::vector<std::int64_t>& axes, std::int64_t most_pixels,
                         Tiles& tiles) {
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::string keyword = fmt::format("ZTILE{}", i + 1);
    const std::int64_t side = number(file, keyword, i == 0 ? axes[0] : 1);
    if (side < 1) return fmt::format("{} is {}", keyword, side);
    tiles.pixels *= static_cast<double>(side);
    tiles.count *= std::ceil(static_cast<double>(axes[i]) / static_cast<double>(side));
  }
  if (tiles.pixels <= static_cast<double>(most_pixels)) return "";
  return fmt::format("tiles of {:.0f} pixels are too large, at most {}", tiles.pixels, most_pixels);
}

/// Whether bytes are a whole gzip stream of at most so many: of one that breaks off CFITSIO never finds the
/// end, and takes memory all the time.
bool is_gzip(std::vector<Bytef>& packed, std::int64_t most_bytes) {
  constexpr int kGzip = 16;
  z_stream stream{};
  if (inflateInit2(&stream, MAX_WBITS + kGzip) != Z_OK) return false;
  const std::unique_ptr<z_stream, decltype(&inflateEnd)> guard(&stream, &inflateEnd);
  std::array<Bytef, 1U << 15U> unpacked;
  stream.next_in = packed.data();
  stream.avail_in = static_cast<uInt>(packed.size());
  int status = Z_OK;
  while (status == Z_OK && static_cast<std::int64_t>(stream.total_out) <= most_bytes) {
    stream.next_out = unpacked.data();
    stream.avail_out = static_cast<uInt>(unpacked.size());
    status = inflate(&stream, Z_NO_FLUSH);
  }
  return status == Z_STREAM_END && static_cast<std::int64_t>(stream.total_out) <= most_bytes;
}

/// Of a column that holds packed tiles.
std::string column_problem(fitsfile* file, int column, bool gzipped, std::int64_t most_bytes,
                           const Tiles& tiles) {
  constexpr double kLargestPixel = 8.0;
  int status = 0;
  int type = 0;
  LONGLONG repeat = 0;
  LONGLONG width = 0;
  LONGLONG rows = 0;
  fits_get_coltypell(file, column, &type, &repeat, &width, &status);
  fits_get_num_rowsll(file, &rows, &status);
  if (status == 0 && type >= 0) return "the tiles are not in a column of variable length";
  if (status == 0 && static_cast<double>(rows) != tiles.count)
    return fmt::format("{} tiles, but the image has {:.0f}", rows, tiles.count);
  if (status == 0 && gzipped && width != 1) return "the gzipped tiles are not bytes";
  std::vector<Bytef> packed;
  const double heap = static_cast<double>(number(file, "PCOUNT", 0));
  for (LONGLONG row = 1; row <= rows && status == 0; ++row) {
    LONGLONG length = 0;
    LONGLONG begin = 0;
    if (fits_read_descriptll(file, column, row, &length, &begin, &status) != 0) break;
    const double bytes = static_cast<double>(length) * static_cast<double>(width);
    const bool inside = length >= 0 && begin >= 0 && static_cast<double>(begin) + bytes <= heap;
    if (!inside || bytes > static_cast<double>(most_bytes))
      return fmt::format("tile {} has {:.0f} bytes at {} of {:.0f}", row, bytes, begin, heap);
    if (!gzipped || length == 0) continue;
    packed.resize(static_cast<std::size_t>(length));
    int any_null = 0;
    fits_read_col(file, TBYTE, column, row, 1, length, nullptr, packed.data(), &any_null, &status);
    if (status == 0 && !is_gzip(packed, static_cast<std::int64_t>(tiles.pixels * kLargestPixel)))
      return fmt::format("tile {} is not gzipped as it should be", row);
  }
  return status == 0 ? "" : cfitsio_reason(status);
}

}  // namespace

std::string tile_problem(fitsfile* file, const std::vector<std::int64_t>& axes, std::int64_t most_pixels,
                         std::int64_t most_bytes) {
  Tiles tiles;
  std::string problem = size_problem(file, axes, most_pixels, tiles);
  std::array<char, FLEN_VALUE> method{};
  int no_method = 0;
  fits_read_key(file, TSTRING, "ZCMPTYPE", method.data(), nullptr, &no_method);
  if (no_method != 0) fits_clear_errmsg();
  const bool all_gzipped = std::string_view(method.data()).starts_with("GZIP");
  for (std::string name : {"COMPRESSED_DATA", "GZIP_COMPRESSED_DATA", "UNCOMPRESSED_DATA"}) {
    int status = 0;
    int column = 0;
    const bool there = fits_get_colnum(file, CASEINSEN, name.data(), &column, &status) == 0;
    if (!there) fits_clear_errmsg();
    const bool gzipped = name == "GZIP_COMPRESSED_DATA" || (all_gzipped && name == "COMPRESSED_DATA");
    if (there && problem.empty()) problem = column_problem(file, column, gzipped, most_bytes, tiles);
  }
  return problem;
}

}  // namespace gaxel::io
