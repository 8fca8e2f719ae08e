// The bytes of a FITS file, looked at before CFITSIO sees them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "io/cfitsio.hpp"

namespace gaxel::io {

/// A FITS file on disk, or one that was gzipped, unpacked in memory.
class FitsBytes {
 public:
  /// Throws InputError (source = path) when there is no such regular file, when it cannot be read, when it
  /// begins neither like a FITS file nor like a gzipped one (CFITSIO would go on to try other formats and
  /// other names), and when gzipped bytes are damaged, truncated or more than 4 GiB.
  explicit FitsBytes(const std::string& path);
  FitsBytes(const FitsBytes&) = delete;
  FitsBytes& operator=(const FitsBytes&) = delete;

  /// Of all bytes, unpacked.
  std::int64_t size() const { return size_; }

  /// Opens them with CFITSIO, for no longer than this lives. Throws InputError. The caller holds the lock.
  fitsfile* open();

  /// Throws InputError when the header that begins at this byte holds what CFITSIO would come to harm by as
  /// soon as it goes there: values of more than 28 characters that are to be numbers, or are no texts in
  /// quotes, for which it has no memory; more columns than a table can have, for which it takes memory; more
  /// axes of a compressed image than it keeps; and sides of one, of its tiles, or blocks of RICE_1 that are
  /// no positive whole numbers, by which it divides.
  void check_header(std::int64_t begin) const;

 private:
  /// What the cards of a header say of the blocks of RICE_1; the key means other things to other methods.
  struct RiceBlocks {
    bool used = false;
    std::string impossible;  // the size that is, or empty
  };

  void unpack();
  void check_card(std::string_view card, RiceBlocks& blocks) const;

  std::string path_;
  std::vector<char> unpacked_;  // empty for a file that is not gzipped
  void* memory_ = nullptr;      // what CFITSIO knows of unpacked_
  std::size_t memory_size_ = 0;
  std::int64_t size_ = 0;
};

}  // namespace gaxel::io
