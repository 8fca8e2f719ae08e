// Fitting a scene to an image: weighted least squares with analytic derivatives.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gaxel/image.hpp"
#include "gaxel/psf.hpp"
#include "gaxel/render.hpp"
#include "gaxel/scene.hpp"
#include "gaxel/varying_psf.hpp"

namespace gaxel {

/// What is fitted: an image with its errors, all of one shape.
struct Observation {
  Image data;                      ///< counts
  Image sigma;                     ///< standard deviation of each pixel, counts
  std::vector<std::uint8_t> used;  ///< 1: fitted, 0: masked; row-major like data
  std::vector<Psf> psfs;  ///< that components are seen through, by Component::psf; none: no convolution
  /// In place of number 0 of them. Each component is seen through the PSF at its starting centre, throughout
  /// the fit: its derivatives are exact for that PSF.
  std::optional<VaryingPsf> varying_psf = {};
};

/// The PSFs that a scene whose centres are known is seen through: the observation's, or where they vary one
/// for each component, whose number is set.
std::vector<Psf> psfs_for(const Observation& observation, Scene& scene);

enum class StopReason { kConverged, kMaxIterations, kCancelled, kNoProgress, kFailed };

/// "converged", "max_iterations", "cancelled", "no_progress" or "failed".
std::string_view to_text(StopReason reason);

/// Where a fit stands, told to the caller after each iteration.
struct FitProgress {
  int iteration = 0;
  double chi2 = 0.0;         ///< that of the pixels and the penalties
  double chi2_change = 0.0;  ///< of the last step, positive when it fell
  double step = 0.0;         ///< norm of the last step in the optimiser's scaled coordinates
  double seconds = 0.0;
};

/// Returns false to stop the fit; the best parameters so far are kept.
using ProgressCallback = std::function<bool(const FitProgress&)>;

struct FitOptions {
  Tolerance tolerance;  ///< of the last steps, of the reported chi2 and of the model image
  /// On the way there pixels need not be more exact than this share of the smallest sigma; `tolerance` is
  /// made finer where it is more than that. 0: `tolerance` throughout.
  double noise_share = 1e-3;
  int max_iterations = 200;
  double ftol = 1e-9;  ///< stop when chi2 falls by less than this fraction
  int threads = 1;
  /// Empty when the options are valid, else what is wrong.
  std::string problem() const;
};

/// How far a parameter's value can be trusted.
enum class ParameterFlag { kNone, kAtBound, kDegenerate };

struct FitResult {
  Scene scene;            ///< the best values
  std::vector<Psf> psfs;  ///< what it was seen through, by the components' numbers
  std::vector<std::vector<double>>
      errors;  ///< 1 sigma, [component][parameter], inner units; NaN where fixed or degenerate
  std::vector<std::vector<ParameterFlag>> flags;  ///< [component][parameter]
  std::vector<double>
      covariance;        ///< (n_free, n_free) row-major, inner units, free parameters in scene order
  double chi2 = 0.0;     ///< of the pixels
  double penalty = 0.0;  ///< what the components' penalties (a profile's smoothness) add to it in the fit
  double chi2_start = 0.0;
  std::int64_t n_pixels = 0;  ///< pixels used
  std::int64_t dof = 0;       ///< n_pixels - n_free
  int iterations = 0;
  int evaluations = 0;  ///< of the model image
  double seconds = 0.0;
  StopReason stop_reason = StopReason::kFailed;
  std::string message;      ///< why it stopped, in words
  Image model;              ///< the best model, shape of the data
  Certificate certificate;  ///< of that model
};

/// Fills in every parameter of `scene` that is NaN, from the moments of the unmasked image about its sky.
/// Where no light stands out of the noise, q starts at 0.9 and the position angle at 0; FitError when there
/// is no such light at all and positions, fluxes or sizes are missing, naming the component.
void estimate_starting_values(const Observation& observation, Scene& scene);

/// Fits the free parameters of `scene`, first estimating those not given. Throws InputError (shapes that
/// disagree, no free parameters, no used pixel, options) and FitError (non-finite model at the start, more
/// parameters than pixels).
FitResult fit(const Observation& observation, Scene scene, const FitOptions& options = {},
              const ProgressCallback& progress = {});

}  // namespace gaxel
