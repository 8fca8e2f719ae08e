// The bytes of a FITS file, looked at before CFITSIO sees them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "io/cfitsio.hpp"

namespace gaxel::io {

/// A FITS file on disk; or in memory, unpacked one that was gzipped, completed one whose last block breaks
/// off.
class FitsBytes {
 public:
  /// Throws InputError (source = path) when there is no such regular file, when it cannot be read, when it
  /// begins neither like a FITS file nor like a gzipped one (CFITSIO would go on to try other formats and
  /// other names), and when gzipped bytes are damaged, truncated or more than 4 GiB.
  explicit FitsBytes(const std::string& path);
  FitsBytes(const FitsBytes&) = delete;
  FitsBytes& operator=(const FitsBytes&) = delete;

  /// Of all bytes that there are, unpacked.
  std::int64_t size() const { return size_; }

  /// Opens them with CFITSIO, for no longer than this lives. Throws InputError. The caller holds the lock.
  fitsfile* open();

  /// Whether a header begins at this byte. Throws InputError for one that CFITSIO must not see:
  /// check_for_cfitsio.
  bool check_header(std::int64_t begin) const;

 private:
  void unpack();
  void complete();

  std::string path_;
  std::vector<char> content_;  // whole blocks; empty where CFITSIO reads the file itself
  void* memory_ = nullptr;     // what CFITSIO knows of it
  std::size_t memory_size_ = 0;
  std::int64_t size_ = 0;
};

}  // namespace gaxel::io
