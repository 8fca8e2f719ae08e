// Names of FITS images as users write them: "file.fits[SCI,2][61:200,11:150]".
#pragma once

#include <optional>
#include <string>

#include "gaxel/image.hpp"

namespace gaxel::io {

/// A rectangle of FITS pixels, 1-based, both ends included.
struct Section {
  int x1 = 1;
  int x2 = 1;
  int y1 = 1;
  int y2 = 1;

  Shape shape() const { return {y2 - y1 + 1, x2 - x1 + 1}; }
  bool inside(const Section& other) const {
    return x1 >= other.x1 && x2 <= other.x2 && y1 >= other.y1 && y2 <= other.y2;
  }
  friend bool operator==(const Section&, const Section&) = default;
};

/// The whole of an image of that shape.
inline Section whole(Shape shape) {
  return {1, shape.nx, 1, shape.ny};
}

/// Which image of which file. At most one of hdu and extname is given; neither means the first image with
/// pixels.
struct FitsName {
  std::string path;           ///< of the file; used literally, whatever characters it holds
  std::optional<int> hdu;     ///< number of the header-data unit, 0: primary
  std::string extname;        ///< EXTNAME, compared without regard to case
  std::optional<int> extver;  ///< EXTVER, only with extname
  std::optional<Section> section;

  std::string extension_text() const;  ///< "[1]", "[SCI]", "[SCI,2]" or empty
  std::string text() const;            ///< as it would be written: path, extension, section
};

/// Splits extension and section, the bracketed groups at the end, off a name. Everything else belongs to the
/// path: no URLs, pipes, "!" or filters. Throws InputError (key and source empty, value = text) for groups
/// that are neither.
FitsName parse_fits_name(const std::string& text);

}  // namespace gaxel::io
