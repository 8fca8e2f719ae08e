// Point spread functions.
#pragma once

#include <memory>
#include <optional>
#include <string>
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

/// The form of an analytic PSF.
struct PsfShape {
  double fwhm;         ///< full width at half maximum along the major axis, data pixels, 0.1 to 1000
  double q = 1.0;      ///< axis ratio, 0.1 to 1
  double theta = 0.0;  ///< angle of the major axis, radians from +x towards +y
};

class PsfModel;
class ConvolverCache;

/// A PSF of unit flux. Immutable and cheap to copy; may be used from many threads at once.
///
/// What counts of it is its transfer function T(k), k in radians per data pixel: the Fourier transform of the
/// response that light is convolved with, data pixels included. With sinc(x) = sin(x) / x, an image has
///     T(k) = sum over pixels (row, col) of value * exp(-i k . (col - x_center, row - y_center) / oversample)
///            * sinc(kx / 2) sinc(ky / 2)                                    [no pixel in the image]
///            / (sinc(kx / 2 oversample) sinc(ky / 2 oversample))            [its own pixels in the image]
/// for |kx|, |ky| <= pi * oversample, zero beyond: it is band-limited to the Nyquist frequency of its own
/// sampling. With the data's pixel in the image T is the sum alone. An analytic PSF has no limit, and no
/// pixel in it.
class Psf {
 public:
  /// Normalises `kernel`. Throws InputError when it is empty, holds NaN or infinity, is all zero, or when its
  /// sum is not positive; for options out of range. What is merely suspicious is kept in warnings().
  explicit Psf(Image kernel, PsfOptions options = {});

  /// A Gaussian. Throws InputError for a value out of range, as do all that follow.
  static Psf gaussian(const PsfShape& shape);
  /// (1 + r^2 / a^2)^-beta (Moffat 1969), beta 1.1 to 20, a from the FWHM.
  static Psf moffat(const PsfShape& shape, double beta);
  /// A sum: each PSF's part of the flux is its weight over the sum of all, which are positive.
  struct Weighted;
  static Psf sum(const std::vector<Weighted>& terms);
  /// This PSF and then the charge diffusion of a detector: the image on the data's pixels is convolved with
  /// `kernel`, of odd size, about its middle element, normalised to sum 1.
  Psf diffused(Image kernel) const;

  const PsfModel& model() const { return *model_; }
  /// The image, normalised to sum 1; empty for a PSF that is not one image.
  const Image& kernel() const { return kernel_; }
  /// Of an image; what is left out holds the default.
  const PsfOptions& options() const { return options_; }
  double oversample() const { return options_.oversample; }
  double x_center() const { return options_.x_center.value_or(0.0); }
  double y_center() const { return options_.y_center.value_or(0.0); }
  PixelInPsf pixel_in_psf() const { return options_.pixel_in_psf; }
  double original_sum() const { return original_sum_; }  ///< of an image
  /// What it is, in a few words: "25 x 25 pixels, oversampled 2 times", "Moffat, FWHM 3.5 pixels, beta 2.5".
  const std::string& description() const { return description_; }
  /// Of images, one sentence each, with figures: off-centre by more than half a data pixel, a pedestal, light
  /// missing at the border, undersampled, many negative pixels.
  const std::vector<std::string>& warnings() const { return warnings_; }
  /// A warning with figures when the PSF's image is larger than an image of that shape (data pixels), else
  /// empty.
  std::string size_warning(Shape image) const;

 private:
  Psf(std::shared_ptr<const PsfModel> model, std::string description);

  friend class ConvolverCache;

  std::shared_ptr<const PsfModel> model_;
  std::shared_ptr<ConvolverCache> convolvers_;  ///< made for it; shared by its copies
  Image kernel_;
  PsfOptions options_;
  double original_sum_ = 1.0;
  std::string description_;
  std::vector<std::string> warnings_;
};

struct Psf::Weighted {
  Psf psf;
  double weight = 1.0;
};

}  // namespace gaxel
