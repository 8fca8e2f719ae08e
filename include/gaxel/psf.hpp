// Point spread functions given as images.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gaxel/image.hpp"

namespace gaxel {

/// How to read a PSF image.
struct PsfOptions {
  int oversample = 1;  ///< PSF pixels per data pixel along each axis
  std::optional<double> x_center =
      {};  ///< 0-based PSF pixel of the PSF's centre; default: the middle pixel of an odd
  std::optional<double> y_center = {};  ///< size, pixel N/2 (0-based) of an even one. May be fractional.
};

/// A PSF: non-empty, finite, normalised to sum 1. An empirical PSF holds the pixel response already:
/// pixel-integrated light is convolved with it on the pixel grid (of step 1/oversample).
class Psf {
 public:
  /// Normalises `kernel`. Throws InputError when it is empty, holds NaN or infinity, is all zero, or when its
  /// sum is not positive. What is merely suspicious (off-centre by more than half a pixel, a pedestal) is
  /// kept in warnings().
  explicit Psf(Image kernel, PsfOptions options = {});

  const Image& kernel() const { return kernel_; }
  int oversample() const { return oversample_; }
  double x_center() const { return x_center_; }
  double y_center() const { return y_center_; }
  double original_sum() const { return original_sum_; }
  const std::vector<std::string>& warnings() const { return warnings_; }
  /// A warning with figures when the PSF is larger than an image of that shape (data pixels), else empty.
  std::string size_warning(Shape image) const;

 private:
  Image kernel_;
  int oversample_ = 1;
  double x_center_ = 0.0;
  double y_center_ = 0.0;
  double original_sum_ = 1.0;
  std::vector<std::string> warnings_;
};

}  // namespace gaxel
