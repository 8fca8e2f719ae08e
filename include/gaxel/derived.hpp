// What follows from a fit: magnitudes, surface brightnesses, sizes, fractions and colours, with propagated
// errors.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gaxel/fit.hpp"

namespace gaxel {

/// What the numbers of a band mean on the sky.
struct DerivedFrame {
  BandFrame frame;
  /// Magnitude of one count; without one there are no magnitudes.
  std::optional<double> zeropoint;
  /// Side of a pixel, arcsec, above 0; without one sizes and surface brightnesses are those of pixels.
  std::optional<double> pixel_scale_arcsec;
};

/// A value that follows from the free ones. Of a component's light before the PSF, or of all components
/// together, skies and truncations apart.
struct DerivedValue {
  std::optional<std::size_t> component;  ///< empty: of all
  std::size_t band = 0;
  std::optional<std::size_t> minus;  ///< of a colour: the band whose magnitude is taken off
  /// "flux", "mag"; "r_half", "r_half_circ" (half-light radius along the major axis, and of the circle of the
  /// same area), both also with "_arcsec", as the kind's scale radius where that is another; "mu_e",
  /// "mean_mu_e", "mu_0" (surface brightness on the half-light isophote, mean inside it, in the centre), or
  /// in counts "i_e", "mean_i_e", "i_0"; "fraction" (of the flux of all components); "colour".
  std::string key;
  std::string unit;  ///< "counts", "mag", "pixel", "arcsec", "mag/arcsec2", "mag/pixel2", "counts/pixel", ""
  double value = 0.0;
  /// 1 sigma; NaN where it depends on nothing free, or on what is degenerate. Parameters at a bound count as
  /// fixed.
  double error = 0.0;
  double sandwich = kNoValue;    ///< by RobustCovariance::sandwich; NaN where it was not asked for
  double correlated = kNoValue;  ///< and by RobustCovariance::correlated
  std::vector<double> gradient;  ///< to FitResult::free_values, (n_free)
};

/// In the order of bands, then components, then those of all; colours (of every pair of bands in which there
/// are magnitudes) at the end. Values that are not defined (a magnitude of negative light, the centre of a
/// cusp, the flux of what is truncated) are left out. `frames`: those of the fit, in its order. Throws
/// InputError for another number of frames, or a scale that is not positive and finite.
std::vector<DerivedValue> derived_values(const FitResult& result, std::span<const DerivedFrame> frames);

}  // namespace gaxel
