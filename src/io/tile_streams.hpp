// Whether the packed tiles of compressed images can be unpacked. CFITSIO 4.2 does not ask: it reads beyond
// the end of packed bytes that break off and writes as many pixels as they say.
#pragma once

#include <cstdint>
#include <span>

namespace gaxel::io {

/// Whether so many pixels can be unpacked from bytes of RICE_1 (FITS standard 4.0, 10.4.1) without a byte
/// beyond their end. Pixels of 1, 2 or 4 bytes in blocks of 1 or more.
bool is_rice(std::span<const std::uint8_t> packed, int bytes_per_pixel, std::int64_t block,
             std::int64_t pixels);

/// The same of a line list of PLIO_1 (FITS standard 4.0, 10.4.3).
bool is_plio(std::span<const std::int16_t> packed, std::int64_t pixels);

/// The same of HCOMPRESS_1 (FITS standard 4.0, 10.4.4), for an image of nx columns and ny rows in numbers of
/// 32 or 64 bits. An image of other sides than these is refused.
bool is_hcompress(std::span<const std::uint8_t> packed, std::int64_t nx, std::int64_t ny, int bits);

/// How many bytes a gzip stream unpacks to, or -1 where it is damaged, breaks off or gives more than `most`.
std::int64_t gunzipped_size(std::span<std::uint8_t> packed, std::int64_t most);

}  // namespace gaxel::io
