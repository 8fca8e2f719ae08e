// The walk through a stream of HCOMPRESS_1, after R. White's decode, dodecode and qtree_decode in CFITSIO;
// the method is of White, Postman & Lattanzi 1992 (Digitised Optical Sky Surveys, 167).
#include <algorithm>
#include <array>
#include <functional>
#include <vector>

#include "io/bit_reader.hpp"
#include "io/tile_streams.hpp"

namespace gaxel::io {

namespace {

using Codes = std::vector<std::uint8_t>;  // of 2 x 2 pixels each, a bit for each pixel

std::int64_t halved(std::int64_t length, int times) {
  const auto shift = static_cast<unsigned>(times);
  return (length + (std::int64_t{1} << shift) - 1) >> shift;
}

/// A code of four bits, in three to six.
std::uint8_t huffman(BitReader& bits) {
  constexpr std::array<std::uint8_t, 5> kOfFour = {3, 5, 10, 12, 15};
  constexpr std::array<std::uint8_t, 5> kOfFive = {6, 7, 9, 11, 13};
  std::uint32_t code = bits.take(3);
  if (code < 4) return static_cast<std::uint8_t>(1U << code);
  code = code << 1U | bits.take(1);
  if (code < 13) return kOfFour[code - 8];
  code = code << 1U | bits.take(1);
  if (code < 31) return kOfFive[code - 26];
  return bits.take(1) == 0 ? 0 : 14;
}

/// The pixels of the image, row by row, each with its bit of the codes.
void expand(const Codes& codes, std::int64_t rows, std::int64_t columns, Codes& pixels) {
  const std::int64_t code_columns = halved(columns, 1);
  pixels.resize(static_cast<std::size_t>(rows * columns));
  auto pixel = pixels.begin();
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j < columns; ++j) {
      const std::uint8_t code = codes[static_cast<std::size_t>(i / 2 * code_columns + j / 2)];
      *pixel++ = static_cast<std::uint8_t>(code >> static_cast<unsigned>(3 - 2 * (i % 2) - j % 2) & 1U);
    }
  }
}

/// The codes of a bit plane that is packed as a quadtree, from its root on.
Codes take_quadtree(BitReader& bits, std::int64_t rows, std::int64_t columns) {
  int levels = 0;
  while ((std::int64_t{1} << static_cast<unsigned>(levels)) < std::max(rows, columns)) ++levels;
  Codes codes{huffman(bits)};
  Codes next;
  for (int level = levels - 1; level > 0; --level) {
    expand(codes, halved(rows, level), halved(columns, level), next);
    std::for_each(next.rbegin(), next.rend(), [&](std::uint8_t& code) {
      if (code != 0) code = huffman(bits);
    });
    codes.swap(next);
  }
  return codes;
}

/// Walks through the bit planes of a quadrant; returns how many of its pixels are not zero, or -1 where they
/// are damaged.
std::int64_t count_nonzero(BitReader& bits, std::int64_t rows, std::int64_t columns, std::uint32_t planes) {
  constexpr std::uint32_t kDirect = 0;
  constexpr std::uint32_t kQuadtree = 0xf;
  Codes found(static_cast<std::size_t>(rows * columns));
  Codes plane;
  for (std::uint32_t i = 0; i < planes; ++i) {
    const std::uint32_t format = bits.take(4);
    Codes codes(static_cast<std::size_t>(halved(rows, 1) * halved(columns, 1)));
    if (format == kDirect) {
      for (std::uint8_t& code : codes) code = static_cast<std::uint8_t>(bits.take(4));
    } else if (format == kQuadtree && !found.empty()) {
      codes = take_quadtree(bits, rows, columns);
    } else {
      return -1;
    }
    if (bits.overran()) return -1;
    expand(codes, rows, columns, plane);
    std::transform(plane.begin(), plane.end(), found.begin(), found.begin(), std::bit_or<>());
  }
  return std::count(found.begin(), found.end(), 1);
}

}  // namespace

bool is_hcompress(std::span<const std::uint8_t> packed, std::int64_t nx, std::int64_t ny, int bits_of_pixel) {
  constexpr std::uint32_t kMagic = 0xDD99;
  BitReader bits(packed);
  if (bits.take(16) != kMagic || bits.take(32) != ny || bits.take(32) != nx) return false;
  bits.skip(32 + 64);  // the scale, and the sum of all pixels
  std::array<std::uint32_t, 3> planes{};
  for (std::uint32_t& count : planes) {
    count = bits.take(8);
    if (count >= static_cast<std::uint32_t>(bits_of_pixel)) return false;
  }
  if (bits.overran()) return false;
  struct Quadrant {
    std::int64_t rows;
    std::int64_t columns;
    std::uint32_t planes;
  };
  std::int64_t nonzero = 0;
  for (const Quadrant& quadrant :
       {Quadrant{halved(ny, 1), halved(nx, 1), planes[0]}, Quadrant{halved(ny, 1), nx / 2, planes[1]},
        Quadrant{ny / 2, halved(nx, 1), planes[1]}, Quadrant{ny / 2, nx / 2, planes[2]}}) {
    const std::int64_t count = count_nonzero(bits, quadrant.rows, quadrant.columns, quadrant.planes);
    if (count < 0) return false;
    nonzero += count;
  }
  if (bits.take(4) != 0) return false;  // the mark of the end
  bits.align();
  bits.skip(nonzero);  // their signs
  return !bits.overran();
}

}  // namespace gaxel::io
