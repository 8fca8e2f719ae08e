// FITS files: images in, images out. CFITSIO appears nowhere else.
//
// All functions may be called from several threads; calls into CFITSIO take turns.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "gaxel/image.hpp"
#include "io/fits_name.hpp"
#include "io/partial_file.hpp"
#include "io/task.hpp"

namespace gaxel::io {

/// More pixels than this are refused before any memory is asked for (2 GiB as doubles).
inline constexpr std::int64_t kMaxPixels = std::int64_t{1} << 28;

/// One header-data unit.
struct HduInfo {
  int number = 0;       ///< 0: primary
  std::string extname;  ///< empty when not named
  int extver = 1;
  bool is_image = false;           ///< false: a table
  bool compressed = false;         ///< a tile-compressed image
  int bitpix = 0;                  ///< of the pixels as stored; 0 for tables
  std::vector<std::int64_t> axes;  ///< NAXIS1, NAXIS2, ...; empty without data

  bool has_pixels() const { return is_image && !axes.empty(); }
};

/// A FITS file open for reading.
class FitsReader {
 public:
  /// Opens the file literally, also gzipped (.gz) or tile-compressed (.fz) ones. Throws InputError (source =
  /// path) when it is missing, not a regular file, not readable or not FITS.
  explicit FitsReader(const std::string& path);
  ~FitsReader();
  FitsReader(FitsReader&&) noexcept;
  FitsReader& operator=(FitsReader&&) noexcept;

  const std::string& path() const;
  const std::vector<HduInfo>& hdus() const;
  /// From which unit on nothing can be read, and why; empty where all can.
  const std::string& unreadable() const;

  /// The unit that `name` asks for; its path is not looked at. Throws InputError, listing the units there
  /// are.
  const HduInfo& find(const FitsName& name) const;

  /// Rows and columns of an image: two axes, or more when all others have length 1. Throws InputError for any
  /// other number of axes, for tables, and for axes that do not fit an int.
  Shape shape(const HduInfo& hdu) const;

  /// Cards as they stand in the file, 80 characters each, without END and without the cards of tile
  /// compression.
  HeaderCards header(const HduInfo& hdu) const;

  /// Pixels with BSCALE and BZERO applied; BLANK and infinities as NaN. Throws InputError when the section is
  /// not inside the image, has more than kMaxPixels, or cannot be read (truncated file).
  Image read(const HduInfo& hdu, const Section& section) const;

  /// The numbers in the first row of a table's column, in the order of the file: of an array the first axis
  /// runs fastest. Throws InputError when the unit is no table or has no such column or no rows, when the
  /// column does not hold 1 to kMaxPixels numbers a row, and when it cannot be read (truncated file).
  std::vector<double> read_first_row(const HduInfo& hdu, const std::string& column) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// An image with what belongs to it.
struct FitsImage {
  Image pixels;
  Section section;   ///< where the pixels lie in the file's image
  Shape full_shape;  ///< of the file's image
  HduInfo hdu;
  HeaderCards header;
};

/// Opens, finds, reads. Without a section the whole image.
FitsImage read_fits_image(const FitsName& name);

/// Value of a keyword as text (strings without quotes and trailing blanks), or empty optional. First card
/// wins.
std::optional<std::string> header_value(const HeaderCards& header, const std::string& keyword);

/// As header_value, as a number; empty when there is none or it is not a number.
std::optional<double> header_number(const HeaderCards& header, const std::string& keyword);

/// A keyword to be written.
struct HeaderKey {
  std::string name;
  std::variant<std::string, double, std::int64_t, bool> value;
  std::string comment;
};

/// A column of a table: text, numbers in single precision, or whole numbers (32 bits).
struct TableColumn {
  std::string name;
  std::variant<std::vector<std::string>, std::vector<double>, std::vector<int>> values;
};

enum class PixelType { kUint8, kFloat32, kFloat64 };

/// Writes a FITS file of one or more images under a temporary name in the same folder; commit() renames it to
/// its own name. Without commit (or when something fails) the temporary file is removed and an earlier file
/// stays as it was. Every member throws OutputError naming the file and the reason (no such folder, no
/// permission, disk full).
class FitsWriter {
 public:
  explicit FitsWriter(const std::string& path);
  ~FitsWriter();
  FitsWriter(const FitsWriter&) = delete;
  FitsWriter& operator=(const FitsWriter&) = delete;

  /// Appends an image; the first one becomes the primary array. Of `header` (cards of another image)
  /// everything is kept but what describes the layout and storage of that image's pixels, and cards with
  /// names that FITS does not allow; `keys` replace cards of the same name.
  void add_image(ConstImageView pixels, const std::string& extname, const std::vector<HeaderKey>& keys = {},
                 const HeaderCards& header = {}, PixelType type = PixelType::kFloat64);

  /// Appends a unit without pixels, as the first one of a file whose images are all extensions.
  void add_empty(const std::vector<HeaderKey>& keys = {}, const HeaderCards& header = {});

  /// Appends a binary table; its columns are of one length.
  void add_table(const std::string& extname, const std::vector<TableColumn>& columns);

  /// Writes everything to disk, still under the temporary name. Nothing can be added after it.
  [[nodiscard]] PartialFile finish();

  /// As finish(), and gives the file its name.
  void commit();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gaxel::io
