// Elliptical profiles through a PSF, exactly: no pixel is integrated, the PSF holds the pixel.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "render/spectrum_pool.hpp"
#include "render/split_light.hpp"

namespace gaxel {

/// How a render with that tolerance convolves: what is left out is small beside it.
ConvolverOptions convolver_options(const Tolerance& tolerance);

/// Renders profiles that are split into core and samples (split_light.hpp) through one PSF. May be used from
/// many threads at once. Equal input gives equal bits, on any number of threads.
class ConvolvedProfiles {
 public:
  /// `base` is kept by reference: the convolver of the PSF and the images' region.
  ConvolvedProfiles(const Psf& psf, const Convolver& base, const RenderOptions& options);

  /// The light split for this PSF; null if its transform is not known to the tolerance: such light has to be
  /// integrated. `with_shapes`: derivatives to shape parameters will be asked for.
  /// `shape_rates`: as HankelRequest::shape_rates.
  std::unique_ptr<const SplitLight> split(const EllipticalLight& light, bool with_shapes,
                                          const double* shape_rates) const;

  /// Adds the convolved lights to the spectra.
  void add(std::span<const SplitLight* const> lights, SpectrumPool& spectra) const;

  /// Adds a convolved light to `image` and overwrites `derivatives` with its derivatives.
  void add_with_derivatives(const SplitLight& light, std::span<const LightParameter> parameters,
                            ImageView image, std::span<const ImageView> derivatives) const;

  /// A light, the parameters that its gradient is wanted to, and where that goes.
  struct Wanted {
    const SplitLight* light;
    std::vector<LightParameter> parameters;
    double* gradient;
  };
  /// Writes the sums over the pixels of cotangent * derivative.
  void gradients(std::span<const Wanted> wanted, ConstImageView cotangent) const;

  /// Adds the convolved second derivative along the rates' direction and `other` to `image`. The light was
  /// split with the rates' shapes.
  void add_second_derivative(const SplitLight& light, const LightRates& rates, const LightDirection& other,
                             ImageView image) const;

  /// Writes to `gradient`, for each of `parameters`, the sum over the pixels of cotangent * its derivative
  /// along the rates' direction.
  void second_gradient(const SplitLight& light, const LightRates& rates,
                       std::span<const LightParameter> parameters, ConstImageView cotangent,
                       std::span<double> gradient) const;

  /// What the error of the light's transform is at most in a pixel of the image.
  double error(const SplitLight& light) const;

  /// What convolves a light: with a period at which the copies of its core keep clear of the image.
  const Convolver& convolver_for(const SplitLight& light) const;

 private:
  Psf psf_;
  const Convolver* base_;
  Tolerance tolerance_;
  int threads_;
  int margin_;   ///< pixels around the base's model in which samples fade away
  Grid needed_;  ///< the base's model with that margin
  mutable std::mutex mutex_;
  mutable std::vector<std::shared_ptr<const Convolver>> wider_;  ///< for periods that were asked for
};

}  // namespace gaxel
