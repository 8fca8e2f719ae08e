#include "io/tile_streams.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <memory>

#include "io/bit_reader.hpp"

namespace gaxel::io {

// As fits_rdecomp, fits_rdecomp_short and fits_rdecomp_byte of CFITSIO read it: the first pixel, then blocks
// of differences. Each has a code: 0 for no differences, the highest for differences in full, else one more
// than the number of low bits that follow a count in unary.
bool is_rice(std::span<const std::uint8_t> packed, int bytes_per_pixel, std::int64_t block,
             std::int64_t pixels) {
  constexpr std::int64_t kLongestRun = std::numeric_limits<int>::max() / 2;  // CFITSIO counts in an int
  const int code_bits = bytes_per_pixel == 1 ? 3 : bytes_per_pixel == 2 ? 4 : 5;
  const int in_full = bytes_per_pixel == 1 ? 6 : bytes_per_pixel == 2 ? 14 : 25;
  const int pixel_bits = 8 * bytes_per_pixel;
  // One byte after the first pixel is always read.
  if (block < 1 || std::ssize(packed) < bytes_per_pixel + 1) return false;
  BitReader bits(packed);
  bits.skip(pixel_bits);
  for (std::int64_t done = 0; done < pixels && !bits.overran(); done += block) {
    const std::int64_t count = std::min(block, pixels - done);
    const int low_bits = static_cast<int>(bits.take(code_bits)) - 1;
    if (low_bits > in_full) return false;
    if (low_bits == in_full) {
      bits.skip(count * pixel_bits);
    } else if (low_bits >= 0) {
      for (std::int64_t i = 0; i < count && !bits.overran(); ++i) {
        if (bits.skip_to_one() > kLongestRun) return false;
        bits.skip(low_bits);
      }
    }
  }
  return !bits.overran();
}

// As pl_l2pi of CFITSIO reads it: words of 4 bits that say what to do and 12 of data. It never writes too
// much.
bool is_plio(std::span<const std::int16_t> packed, std::int64_t pixels) {
  constexpr int kData = 4096;
  const auto size = std::ssize(packed);
  if (size < 3) return false;
  std::ptrdiff_t end = packed[2];
  std::ptrdiff_t at = 3;
  if (end <= 0) {  // the header of today, its length in two words
    if (size < 5) return false;
    end = packed[4] * 32768 + packed[3];
    at = packed[1];
  }
  if (at < 0 || end <= 0 || end > size) return false;
  for (std::int64_t done = 0; at < end && done < pixels; ++at) {
    const int word = packed[static_cast<std::size_t>(at)];
    switch (word / kData) {
      case 0:  // zeros
      case 4:  // the high value
      case 5:  // zeros and the high value once
        done += word & (kData - 1);
        break;
      case 1:  // sets the high value, with the next word
        if (++at >= size) return false;
        break;
      case 6:  // the high value, raised or lowered, once
      case 7:
        ++done;
        break;
      default:  // raises or lowers the high value, or nothing
        break;
    }
  }
  return true;
}

std::int64_t gunzipped_size(std::span<std::uint8_t> packed, std::int64_t most) {
  constexpr int kGzip = 16;
  z_stream stream{};
  if (inflateInit2(&stream, MAX_WBITS + kGzip) != Z_OK) return -1;
  const std::unique_ptr<z_stream, decltype(&inflateEnd)> guard(&stream, &inflateEnd);
  std::array<Bytef, 1U << 15U> unpacked;
  stream.next_in = packed.data();
  stream.avail_in = static_cast<uInt>(packed.size());
  int status = Z_OK;
  while (status == Z_OK && static_cast<std::int64_t>(stream.total_out) <= most) {
    stream.next_out = unpacked.data();
    stream.avail_out = static_cast<uInt>(unpacked.size());
    status = inflate(&stream, Z_NO_FLUSH);
  }
  const auto size = static_cast<std::int64_t>(stream.total_out);
  return status == Z_STREAM_END && size <= most ? size : -1;
}

}  // namespace gaxel::io
