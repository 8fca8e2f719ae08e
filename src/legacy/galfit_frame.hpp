// What GALFIT's numbers refer to.
#pragma once

#include <cstddef>

#include "legacy/galfit_document.hpp"
#include "legacy/galfit_objects.hpp"

namespace gaxel::legacy {

/// A band of a file: mag = zeropoint - 2.5 log10(counts / exptime), mu the same for counts in a square
/// arcsec.
struct GalfitFrame {
  std::size_t band = 0;
  double zeropoint = 25.0;
  double exptime = 1.0;
  double pixel_area = 1.0;  ///< arcsec^2, of K)
  double x_pivot = 0.0;     ///< of skies: the centre of the fit region, in FITS pixels of the whole image
  double y_pivot = 0.0;
  bool has_psf = false;

  /// Counts in a pixel of that surface brightness.
  double counts_per_pixel(double mu) const;
  /// mag/arcsec^2; NaN for counts <= 0.
  double surface_brightness(double counts) const;
};

/// A number of GALFIT's as one of a scene.
double to_scene(Conversion conversion, double factor, double value, const GalfitFrame& frame);

/// And back.
double to_galfit(Conversion conversion, double factor, double value, const GalfitFrame& frame);

/// What a row's number is in a band, by its value there or by its series in Chebyshev polynomials
/// T_i(2 (wl - least) / (most - least) - 1) over the wavelengths of the file (Haeussler et al. 2013, MNRAS
/// 430, 330; the first coefficient is not halved).
double value_in_band(const GalfitDocument& document, const GalfitRow& row, std::size_t value,
                     std::size_t band);

}  // namespace gaxel::legacy
