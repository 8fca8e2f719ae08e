#include "io/fits_tiles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

#include "io/tile_streams.hpp"

namespace gaxel::io {

namespace {

constexpr float kNotQuantized = 9999;  // NO_QUANTIZE in CFITSIO's imcompress.c

struct Tile {
  std::int64_t nx = 1;      // pixels on the first axis
  std::int64_t pixels = 1;  // on all
};

/// The table with tiles for rows. What its header says is taken from CFITSIO's own record of it: it is by
/// these values that CFITSIO unpacks, whatever else a damaged header holds.
class TileTable {
 public:
  TileTable(fitsfile* file, std::int64_t most_bytes)
      : file_(file), image_(*file->Fptr), most_bytes_(most_bytes) {}

  std::string header_problem(std::int64_t most_pixels) const;
  std::string column_problem() const;
  std::string row_problem(std::int64_t row);
  std::vector<std::int64_t> rows_of(const Section& section) const;
  std::int64_t rows() const { return image_.numrows; }

 private:
  Tile tile(std::int64_t row) const;
  std::string cell_problem(int column, std::int64_t row, std::int64_t& length) const;
  bool unpacks(std::int64_t row, std::int64_t length);
  bool read_bytes(int column, std::int64_t row, std::int64_t length);
  bool quantized() const { return image_.quantize_level != kNotQuantized; }
  bool is_method(int method) const { return image_.compress_type == method; }

  fitsfile* file_;
  const FITSfile& image_;
  std::int64_t most_bytes_;
  std::vector<std::uint8_t> bytes_;
  std::vector<std::int16_t> words_;
};

std::string TileTable::header_problem(std::int64_t most_pixels) const {
  constexpr int kSeeds = 10'000;  // FITS standard 4.0, 10.2.1
  if (!is_method(RICE_1) && !is_method(GZIP_1) && !is_method(GZIP_2) && !is_method(PLIO_1) &&
      !is_method(HCOMPRESS_1)) {
    return fmt::format("its way of packing, {}, is not known", image_.zcmptype);
  }
  if (image_.zbitpix == LONGLONG_IMG) return "its integers have 64 bits, which CFITSIO does not unpack";
  double pixels = 1.0;
  double count = 1.0;
  for (int i = 0; i < image_.zndim; ++i) {
    const auto side = static_cast<double>(image_.tilesize[i]);
    pixels *= side;
    count *= std::ceil(static_cast<double>(image_.znaxis[i]) / side);
  }
  if (pixels > static_cast<double>(most_pixels))
    return fmt::format("tiles of {:.0f} pixels are too large, at most {}", pixels, most_pixels);
  if (static_cast<double>(rows()) != count)
    return fmt::format("{} tiles, but the image has {:.0f}", rows(), count);
  // By this and the row CFITSIO finds the place in its table of random numbers.
  const bool dithered =
      image_.quantize_method == SUBTRACTIVE_DITHER_1 || image_.quantize_method == SUBTRACTIVE_DITHER_2;
  if (quantized() && dithered && (image_.dither_seed < 1 || image_.dither_seed > kSeeds))
    return fmt::format("ZDITHER0 is {}, not in 1 to {}", image_.dither_seed, kSeeds);
  return "";
}

std::string TileTable::column_problem() const {
  struct Column {
    const char* name;
    int number;
    std::vector<int> types;
  };
  const std::array<Column, 3> columns{
      {{"COMPRESSED_DATA", image_.cn_compressed, {is_method(PLIO_1) ? TSHORT : TBYTE}},
       {"GZIP_COMPRESSED_DATA", image_.cn_gzip_data, {TBYTE}},
       {"UNCOMPRESSED_DATA",
        image_.cn_uncompressed,
        {TBYTE, TSHORT, TINT, TLONG, TLONGLONG, TFLOAT, TDOUBLE}}}};
  for (const Column& column : columns) {
    if (column.number < 1) continue;
    int status = 0;
    int type = 0;
    LONGLONG repeat = 0;
    LONGLONG width = 0;
    if (fits_get_coltypell(file_, column.number, &type, &repeat, &width, &status) != 0)
      return cfitsio_reason(status);
    // CFITSIO tells columns of variable length by a minus.
    if (std::find(column.types.begin(), column.types.end(), -type) == column.types.end())
      return fmt::format("the column {} is not of the type that holds tiles of {}", column.name,
                         image_.zcmptype);
  }
  return "";
}

/// Rows go through the tiles with the first axis the fastest; those at the image's ends are smaller.
Tile TileTable::tile(std::int64_t row) const {
  Tile tile;
  std::int64_t rest = row - 1;
  for (int i = 0; i < image_.zndim; ++i) {
    const std::int64_t side = image_.tilesize[i];
    const std::int64_t count = (image_.znaxis[i] - 1) / side + 1;
    const std::int64_t length = std::min(side, image_.znaxis[i] - rest % count * side);
    if (i == 0) tile.nx = length;
    tile.pixels *= length;
    rest /= count;
  }
  return tile;
}

/// Those of the tiles that a section of the first two axes touches; further axes have one pixel.
std::vector<std::int64_t> TileTable::rows_of(const Section& section) const {
  const std::int64_t columns = (image_.znaxis[0] - 1) / image_.tilesize[0] + 1;
  std::vector<std::int64_t> rows;
  for (std::int64_t j = (section.y1 - 1) / image_.tilesize[1]; j <= (section.y2 - 1) / image_.tilesize[1];
       ++j) {
    for (std::int64_t i = (section.x1 - 1) / image_.tilesize[0]; i <= (section.x2 - 1) / image_.tilesize[0];
         ++i)
      rows.push_back(1 + i + columns * j);
  }
  return rows;
}

/// Of how many numbers the column has in this row, and where they are.
std::string TileTable::cell_problem(int column, std::int64_t row, std::int64_t& length) const {
  int status = 0;
  int type = 0;
  LONGLONG repeat = 0;
  LONGLONG width = 0;
  LONGLONG count = 0;
  LONGLONG begin = 0;
  fits_get_coltypell(file_, column, &type, &repeat, &width, &status);
  if (fits_read_descriptll(file_, column, row, &count, &begin, &status) != 0) return cfitsio_reason(status);
  length = count;
  const double bytes = static_cast<double>(count) * static_cast<double>(width);
  const auto heap = static_cast<double>(image_.heapsize);
  const bool inside = count >= 0 && begin >= 0 && static_cast<double>(begin) + bytes <= heap;
  if (inside && bytes <= static_cast<double>(most_bytes_)) return "";
  return fmt::format("tile {} has {:.0f} bytes at {} of {:.0f}", row, bytes, begin, heap);
}

bool TileTable::read_bytes(int column, std::int64_t row, std::int64_t length) {
  if (length > std::numeric_limits<int>::max()) return false;  // CFITSIO counts them in an int
  int status = 0;
  int any_null = 0;
  bytes_.resize(static_cast<std::size_t>(length));
  fits_read_col(file_, TBYTE, column, row, 1, length, nullptr, bytes_.data(), &any_null, &status);
  if (status != 0) fits_clear_errmsg();
  return status == 0;
}

/// Whether what COMPRESSED_DATA has in this row can be unpacked, as far as CFITSIO cares.
bool TileTable::unpacks(std::int64_t row, std::int64_t length) {
  const Tile tile = this->tile(row);
  const bool gzipped = is_method(GZIP_1) || is_method(GZIP_2);
  if (!quantized() && !gzipped) return false;  // CFITSIO would take integers for floating-point numbers
  if (is_method(PLIO_1)) {
    int status = 0;
    int any_null = 0;
    words_.resize(static_cast<std::size_t>(length));
    fits_read_col(file_, TSHORT, image_.cn_compressed, row, 1, length, nullptr, words_.data(), &any_null,
                  &status);
    if (status != 0) fits_clear_errmsg();
    return status == 0 && is_plio(words_, tile.pixels);
  }
  if (!read_bytes(image_.cn_compressed, row, length)) return false;
  if (is_method(RICE_1)) {
    const int size = image_.rice_bytepix;
    return is_rice(bytes_, size == 1 || size == 2 ? size : 4, image_.rice_blocksize, tile.pixels);
  }
  if (is_method(HCOMPRESS_1)) {
    const bool small = image_.zbitpix == BYTE_IMG || image_.zbitpix == SHORT_IMG;
    return is_hcompress(bytes_, tile.nx, tile.pixels / tile.nx, small ? 32 : 64);
  }
  const std::int64_t size = gunzipped_size(bytes_, 8 * tile.pixels);
  // Integers of 1, 2 or 4 bytes, or floating-point numbers of 4 or 8.
  return size == 4 * tile.pixels ||
         (quantized() ? size == tile.pixels || size == 2 * tile.pixels : size == 8 * tile.pixels);
}

std::string TileTable::row_problem(std::int64_t row) {
  std::int64_t length = 0;
  std::string problem = cell_problem(image_.cn_compressed, row, length);
  if (!problem.empty()) return problem;
  if (length > 0)
    return unpacks(row, length) ? ""
                                : fmt::format("tile {} is not packed as {} should be", row, image_.zcmptype);
  const std::int64_t pixels = tile(row).pixels;
  if (image_.cn_uncompressed > 0) {
    problem = cell_problem(image_.cn_uncompressed, row, length);
    if (!problem.empty() || length == pixels) return problem;
    return fmt::format("tile {} has {} of {} pixels", row, length, pixels);
  }
  if (image_.cn_gzip_data < 1) return "";
  problem = cell_problem(image_.cn_gzip_data, row, length);
  if (!problem.empty() || length == 0) return problem;
  const std::int64_t bytes = pixels * std::abs(image_.zbitpix) / 8;
  if (read_bytes(image_.cn_gzip_data, row, length) && gunzipped_size(bytes_, bytes) == bytes) return "";
  return fmt::format("tile {} is not gzipped as it should be", row);
}

}  // namespace

std::string tile_problem(fitsfile* file, const Section& section, std::int64_t most_pixels,
                         std::int64_t most_bytes, std::vector<bool>& known) {
  TileTable table(file, most_bytes);
  std::string problem = table.header_problem(most_pixels);
  if (problem.empty()) problem = table.column_problem();
  if (!problem.empty()) return problem;
  known.resize(static_cast<std::size_t>(table.rows()));
  for (const std::int64_t row : table.rows_of(section)) {
    const auto at = static_cast<std::size_t>(row - 1);
    if (known[at]) continue;
    problem = table.row_problem(row);
    if (!problem.empty()) return problem;
    known[at] = true;
  }
  return "";
}

}  // namespace gaxel::io
