// Sky coordinates to pixels, by WCSLIB.
#pragma once

#include <memory>

#include "io/task.hpp"

namespace gaxel::io {

struct FitsPixel {
  double x = 0.0;  ///< 1-based
  double y = 0.0;
};

struct SkyPoint {
  double ra = 0.0;  ///< degrees
  double dec = 0.0;
};

/// The celestial coordinate system of an image's header.
class Wcs {
 public:
  /// Throws InputError when the header has no celestial coordinates in right ascension and declination.
  explicit Wcs(const HeaderCards& header);
  ~Wcs();
  Wcs(Wcs&&) noexcept;
  Wcs& operator=(Wcs&&) noexcept;

  /// Degrees, in the header's own frame and equinox. Throws InputError for points that the projection cannot
  /// show.
  FitsPixel pixel(double ra_deg, double dec_deg) const;
  /// The other way round. Throws InputError for pixels that show no sky.
  SkyPoint sky(const FitsPixel& pixel) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gaxel::io
