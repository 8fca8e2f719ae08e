// Errors that ask more than the curvature at the best fit: profile likelihood and bootstrap; and the
// likelihood itself, for samplers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "gaxel/fit.hpp"
#include "gaxel/intervals.hpp"

namespace gaxel {

/// Called now and then with the share of the work that is done, 0 to 1, from one thread at a time. Returns
/// false to stop.
using WorkCallback = std::function<bool(double)>;

struct ProfileOptions {
  std::vector<std::size_t> parameters;  ///< positions in FitResult::free_values; empty: all
  double level = 1.0;    ///< rise of FitSummary::statistic at the ends, above 0; n^2 for n sigma
  int max_restarts = 5;  ///< from better fits that were met on the way
};

/// A fit with FitResult::intervals.
struct ProfiledFit {
  FitResult result;      ///< that given, or the better one that was met
  int n_restarts = 0;    ///< how often a better one was met
  double gain = 0.0;     ///< by how much its statistic is below that of the fit given
  bool finished = true;  ///< false: stopped by the callback; intervals not found by then are missing
};

/// Profile likelihoods of free values: the parameter is held at points that close in on the rise asked for,
/// while all others are fitted from the nearest point known. Where that leads below the best fit, the fit
/// starts over from there. `result` is that of fit(bands, ..., options). Throws InputError for positions that
/// there are not and levels not above 0.
ProfiledFit profile_likelihood(std::span<const Band> bands, const FitResult& result,
                               const FitOptions& options, const ProfileOptions& profile = {},
                               const WorkCallback& progress = {});

struct BootstrapOptions {
  int samples = 200;  ///< at least 2
  /// 0: the best model with new noise (parametric): of the photons and the read noise where the likelihood is
  /// one of counts, of Student's t where it is that, else normal noise by sigma. Else the residuals, in units
  /// of sigma, in square blocks of so many pixels a side from random places: these keep the correlation of
  /// neighbours (moving blocks: Kuensch 1989, Ann. Stat. 17, 1217). At most a quarter of the smallest image's
  /// smaller side.
  int block = 0;
  std::uint64_t seed = 1;
};

/// Fits of as many images as `samples`, each made from the best model, started from the best values. A prior
/// is drawn anew for each, as data would be. Angles are those nearest to the best. The same seed gives the
/// same samples, whatever the number of threads. Stopped by the callback it returns those that are done.
/// Throws InputError for options out of range.
ParameterSamples bootstrap(std::span<const Band> bands, const FitResult& result, const FitOptions& options,
                           const BootstrapOptions& how = {}, const WorkCallback& progress = {});

/// The logarithm of what the fit makes large, likelihood times priors, of the free values of a fit. Safe to
/// use from several threads at once.
class LogLikelihood {
 public:
  /// `bands` and the observations that they name must outlive it; PSFs and tolerances are those of the fit.
  LogLikelihood(std::span<const Band> bands, const FitResult& result, const FitOptions& options);
  ~LogLikelihood();
  LogLikelihood(LogLikelihood&&) noexcept;
  LogLikelihood& operator=(LogLikelihood&&) noexcept;

  std::size_t size() const;  ///< of the free values

  /// -statistic / 2 at `free_values` (size()); minus infinity outside the parameters' ranges and where the
  /// model is none. Throws InputError for another count.
  double value(std::span<const double> free_values) const;
  /// Also the derivatives to the free values, (size()), 0 where the value is minus infinity.
  double value_and_gradient(std::span<const double> free_values, std::span<double> gradient) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gaxel
