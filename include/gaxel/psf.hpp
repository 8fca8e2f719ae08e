// Point spread functions.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gaxel/image.hpp"

namespace gaxel {

/// Which square of pixel response a PSF's image holds already. Light is given the response of the data's
/// pixels once, whatever the answer.
enum class PixelInPsf {
  kOwn,   ///< that of the image's own pixels, of side 1/oversample: values are integrals over them
  kData,  ///< that of the data's pixels, on whatever grid it is sampled: an ePSF, a PSFEx model
  kNone   ///< none: values are samples of the optics' PSF alone
};

inline constexpr double kLeastOversample = 0.25;
inline constexpr double kMostOversample = 64.0;

/// How to read a PSF image.
struct PsfOptions {
  double oversample = 1.0;  ///< PSF pixels per data pixel along each axis, whole or not
  std::optional<double> x_center =
      {};  ///< 0-based PSF pixel of the PSF's centre; default: the middle pixel of an odd
  std::optional<double> y_center = {};  ///< size, pixel N/2 (0-based) of an even one. May be fractional.
  PixelInPsf pixel_in_psf = PixelInPsf::kOwn;
};

class PsfModel;

/// A PSF of unit flux. Immutable and cheap to copy; may be used from many threads at once.
///
/// What counts of it is its transfer function T(k), k in radians per data pixel: the Fourier transform of the
/// response that light is convolved with, data pixels included. An image is band-limited to the Nyquist
/// frequency of its own sampling:
///     T(k) = sum over pixels (row, col) of value * exp(-i k . (col - x_center, row - y_center) / oversample)
///            * sinc(kx / 2) sinc(ky / 2)                                    [no pixel in the image]
///            / (sinc(kx / 2 oversample) sinc(ky / 2 oversample))            [its own pixels in the image]
/// for |kx|, |ky| <= pi * oversample, zero beyond; sinc(x) = sin(x) / x; with the data's pixel in the image
/// the sum alone.
class Psf {
 public:
  /// Normalises `kernel`. Throws InputError when it is empty, holds NaN or infinity, is all zero, or when its
  /// sum is not positive; for options out of range. What is merely suspicious (off-centre by more than half a
  /// pixel, a pedestal) is kept in warnings().
  explicit Psf(Image kernel, PsfOptions options = {});

  const PsfModel& model() const { return *model_; }
  const Image& kernel() const { return kernel_; }
  double oversample() const { return options_.oversample; }
  double x_center() const { return *options_.x_center; }
  double y_center() const { return *options_.y_center; }
  PixelInPsf pixel_in_psf() const { return options_.pixel_in_psf; }
  double original_sum() const { return original_sum_; }
  const std::vector<std::string>& warnings() const { return warnings_; }
  /// A warning with figures when the PSF is larger than an image of that shape (data pixels), else empty.
  std::string size_warning(Shape image) const;

 private:
  std::shared_ptr<const PsfModel> model_;
  Image kernel_;
  PsfOptions options_;
  double original_sum_ = 1.0;
  std::vector<std::string> warnings_;
};

}  // namespace gaxel
