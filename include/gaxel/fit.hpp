// Fitting a scene to an image: the best likelihood, by weighted least squares with analytic derivatives.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gaxel/bands.hpp"
#include "gaxel/image.hpp"
#include "gaxel/intervals.hpp"
#include "gaxel/likelihood.hpp"
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
  /// For likelihoods that need_counts(); sigma then serves starting values, the exactness of the pixels and
  /// chi2 alone.
  std::optional<CountNoise> counts = {};
};

/// An image among several that are fitted together.
struct Band {
  std::string name;  ///< unique
  BandFrame frame;
  const Observation* observation = nullptr;  ///< not owned; may be masked as a whole
};

/// The components of a scene in each band, in its own pixels and counts: what ties and series make of the
/// scene's values, all of which are set. Throws InputError (source `where`) for pixels that a component
/// cannot follow.
std::vector<std::vector<Component>> components_in_bands(const Scene& scene, std::span<const BandFrame> bands,
                                                        const std::string& where);

/// The PSFs that components are seen through: the observation's, or where they vary one for each component,
/// whose number is set.
std::vector<Psf> psfs_for(const Observation& observation, std::vector<Component>& components);

enum class StopReason { kConverged, kMaxIterations, kMaxSeconds, kCancelled, kNoProgress, kFailed };

/// "converged", "max_iterations", "max_seconds", "cancelled", "no_progress" or "failed".
std::string_view to_text(StopReason reason);

/// Where a fit stands, told to the caller after each iteration.
struct FitProgress {
  int start = 1;  ///< which of FitOptions::starts
  int iteration = 0;
  double chi2 = 0.0;         ///< what is made least, but for a constant: FitSummary::statistic
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
  int max_iterations = 200;  ///< of each start
  /// Search no longer than this, above 0. It is looked at after each image of a band; the exact image of the
  /// best values so far, and their errors, come on top.
  double max_seconds = std::numeric_limits<double>::infinity();
  double ftol = 1e-9;  ///< stop when chi2 falls by less than this fraction
  int threads = 1;
  /// Searches from as many starting points, and keeps the best: the scene's own, and others about it, the
  /// same for the same seed. Of these places lie at most half a scale radius away (2 pixels where there is
  /// none), sizes and shape parameters are multiplied by 1/3 to 3, axis ratios are 0.2 to 1, angles any, and
  /// what else can be negative differs by at most 0.3; all inside their bounds. Fluxes and skies are solved
  /// for.
  int starts = 1;
  std::uint64_t seed = 0;
  bool robust = false;  ///< also RobustCovariance: the cost of one more evaluation and some sums over pixels
  LikelihoodOptions likelihood = {};
  /// Empty when the options are valid, else what is wrong.
  std::string problem() const;
};

/// How far a parameter's value can be trusted.
enum class ParameterFlag {
  kNone,
  /// Free, and yet within kStaysWithin of its error of where it started, when another one moved by more than
  /// its error. Not said of fluxes and skies, which are solved for.
  kDidNotMove,
  kAtBound,  ///< of its range, or of its limit to another parameter
  /// The data say less of it than its range does. Its error is larger than: its value, of what is searched in
  /// its logarithm (sizes, most shape parameters) and of fluxes that must be positive, as magnitudes' are;
  /// the range between its bounds, the kind's and the user's, where both are finite (of an axis ratio 1); the
  /// larger side of the image, of a centre.
  kUnconstrained,
  kDegenerate  ///< takes part in a direction along which chi2 does not change; an angle whose error is any
};

/// Share of its error within which a parameter counts as not moved.
inline constexpr double kStaysWithin = 1e-3;

/// "ok", "did_not_move", "at_bound", "unconstrained" or "degenerate".
std::string_view to_text(ParameterFlag flag);

/// Distance in pixels, along rows and columns, up to which noise may be correlated.
inline constexpr int kCorrelationReach = 3;

/// The noise of an image as its background shows it.
struct NoiseCorrelation {
  static constexpr int kSide = 2 * kCorrelationReach + 1;
  /// Correlation of pixels at a distance, in units of mean_square: at(dy, dx), symmetric, 1 at (0, 0).
  std::array<double, kSide * kSide> rho = identity();
  /// Of the residuals in units of their expected error: sigma; of counts, the model's; with a loss that
  /// outliers weigh less in, of these residuals as it takes them, in units of their mean over all pixels.
  double mean_square = 1.0;
  std::int64_t n_pixels = 0;  ///< that it was measured on

  /// Ratio of the error of light that is smooth over kCorrelationReach pixels to the formal one: the square
  /// root of mean_square times the sum of rho, 0 where that is negative.
  double error_factor() const;

  double& at(int dy, int dx) { return rho[index(dy, dx)]; }
  double at(int dy, int dx) const { return rho[index(dy, dx)]; }

 private:
  static constexpr std::size_t index(int dy, int dx) {
    return static_cast<std::size_t>((dy + kCorrelationReach) * kSide + dx + kCorrelationReach);
  }
  static constexpr std::array<double, kSide * kSide> identity() {
    std::array<double, kSide * kSide> only{};
    only[index(0, 0)] = 1.0;
    return only;
  }
};

/// Covariances of the free values that do not take sigma at its word, (n_free, n_free) row-major as
/// FitResult::covariance.
struct RobustCovariance {
  /// H^-1 (sum of r^2 k k^T) H^-1, r the residual of a pixel and k its derivatives, in units of sigma: right
  /// where sigma is wrong, or the model (White 1982, Econometrica 50, 1; "sandwich").
  std::vector<double> sandwich;
  /// H^-1 (sum of k_i C_ij k_j^T) H^-1, C the covariance of the noise as the background shows it in each
  /// band: right where neighbouring pixels share noise.
  std::vector<double> correlated;
  /// 1 sigma by either in the bands, [band][component][parameter], as BandFit::errors.
  std::vector<std::vector<std::vector<double>>> sandwich_errors;
  std::vector<std::vector<std::vector<double>>> correlated_errors;
  std::vector<NoiseCorrelation> noise;  ///< of each band
};

/// What a fit says of one band.
struct BandFit {
  std::vector<Psf> psfs;                    ///< what it was seen through, by the components' numbers
  double chi2 = 0.0;                        ///< of its pixels: sum of ((data - model) / sigma)^2
  std::int64_t n_pixels = 0;                ///< used
  Image model;                              ///< the best model, shape of the data
  Certificate certificate;                  ///< of that model
  std::vector<Component> components;        ///< with the values in this band: its own pixels, counts
  std::vector<std::vector<double>> errors;  ///< 1 sigma of these, [component][parameter]; NaN as in FitResult
};

/// A free coefficient, or the value of a free parameter that is constant.
struct FreeValue {
  std::size_t component = 0;
  std::size_t parameter = 0;
  std::size_t coefficient = 0;
  double value = 0.0;  ///< as in the scene
  double error = 0.0;  ///< 1 sigma; NaN where degenerate or at a bound
  ParameterFlag flag = ParameterFlag::kNone;
};

/// Difference of chi2 (with penalties) within which two searches have come to the same minimum: a tenth of an
/// error in any direction.
inline constexpr double kSameChi2 = 0.01;

/// What a fit says of all bands together.
struct FitSummary {
  Scene scene;              ///< the best values
  Wavelengths wavelengths;  ///< of the bands
  /// 1 sigma, [component][parameter], inner units: of constants, and of ties in the first band; NaN where
  /// fixed, degenerate, at a bound, or depending on wavelength (see free_values and BandFit::errors).
  std::vector<std::vector<double>> errors;
  std::vector<std::vector<ParameterFlag>> flags;  ///< [component][parameter]; that of any coefficient
  std::vector<FreeValue> free_values;             ///< in the scene's order
  std::vector<double> covariance;                 ///< (n_free, n_free) row-major, inner units, of free_values
  std::optional<RobustCovariance> robust;         ///< when FitOptions::robust
  std::vector<ProfileInterval> intervals;         ///< what profile_likelihood was asked for
  std::optional<ParameterSamples> samples;        ///< of a bootstrap, where there was one
  Likelihood likelihood = Likelihood::kGaussian;
  /// What the fit made least: the likelihood's sum over pixels, -2 ln L up to a constant, and `penalty`. Of
  /// kGaussian chi2 + penalty.
  double statistic = 0.0;
  double chi2 = 0.0;     ///< of the pixels of all bands
  double penalty = 0.0;  ///< what penalties (a profile's smoothness) and priors add to it in the fit
  double chi2_start = 0.0;
  std::int64_t n_pixels = 0;  ///< pixels used
  std::int64_t dof = 0;       ///< n_pixels - n_free
  /// Information criteria of S, the statistic without the penalty, with k = n_free: S + 2 k (Akaike 1974,
  /// IEEE Trans. Autom. Control 19, 716), S + k ln n_pixels (Schwarz 1978, Ann. Stat. 6, 461). Of models of
  /// the same pixels; pixels count as independent, so that with correlated noise more parameters seem needed
  /// than are.
  double aic = 0.0;
  double bic = 0.0;
  int starts = 1;  ///< searched from, of FitOptions::starts
  int agreed = 1;  ///< of these, those that came to the same chi2 as the best, within kSameChi2
  int iterations = 0;
  int evaluations = 0;  ///< of the model images
  double seconds = 0.0;
  StopReason stop_reason = StopReason::kFailed;
  std::string message;  ///< why it stopped, in words
};

struct FitResult : FitSummary {
  std::vector<BandFit> bands;
};

/// A parameter at a wavelength, inside the range of the bands' or outside: its value, and error (NaN where
/// not known). Constants are the same everywhere; parameters of single bands and tied ones have a value at
/// the bands' wavelengths only (else NaN). Of a flux that is a magnitude in series it is the magnitude.
struct WavelengthValue {
  double value = 0.0;
  double error = 0.0;
};
WavelengthValue value_at(const FitResult& result, std::size_t component, std::size_t parameter,
                         double wavelength);

/// The result as if it were one of that band alone: the scene's constants, errors and only band are those in
/// it. chi2 and what belongs to the fit as a whole stay.
FitResult in_band(const FitResult& result, std::size_t band);

/// Fills in every parameter of `scene` that is NaN, from the moments of the unmasked image about its sky.
/// Where no light stands out of the noise, q starts at 0.9 and the position angle at 0; FitError when there
/// is no such light at all and positions, fluxes or sizes are missing, naming the component.
void estimate_starting_values(const Observation& observation, Scene& scene);

/// The same for several bands: what all share from the first band, fluxes and skies from each, coefficients
/// by least squares through the bands' values.
void estimate_starting_values(std::span<const Band> bands, Scene& scene);

/// Fits the free parameters of `scene`, first estimating those not given. Throws InputError (shapes that
/// disagree, no free parameters, no used pixel, options) and FitError (non-finite model at the start, more
/// parameters than pixels), and for observations without the counts that the likelihood needs.
FitResult fit(const Observation& observation, Scene scene, const FitOptions& options = {},
              const ProgressCallback& progress = {});

/// The same for images in several bands at once, the scene's positions, lengths and angles being those in the
/// pixels of the first one.
FitResult fit(std::span<const Band> bands, Scene scene, const FitOptions& options = {},
              const ProgressCallback& progress = {});

}  // namespace gaxel
