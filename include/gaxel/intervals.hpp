// What is known of a fit's free values beyond their covariance: intervals of the profile likelihood, and
// samples.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gaxel {

/// Where an interval ends.
enum class IntervalEnd {
  kFound,    ///< where the statistic has risen by as much as was asked for
  kAtRange,  ///< at the end of the parameter's range, before it has risen that much
  kOpen      ///< not found: it rises by less however far the parameter goes
};

/// "found", "at_range" or "open".
std::string_view to_text(IntervalEnd end);

/// Of one free value: between the ends the least statistic that all other free values can reach is less than
/// `level` above that of the best fit. Level 1: 68.3 percent (Venzon & Moolgavkar 1988, Appl. Stat. 37, 87).
struct ProfileInterval {
  std::size_t free_value = 0;  ///< position in FitResult::free_values
  double low = 0.0;            ///< as the value there; minus infinity where open
  double high = 0.0;           ///< plus infinity where open
  IntervalEnd low_end = IntervalEnd::kOpen;
  IntervalEnd high_end = IntervalEnd::kOpen;
};

/// Free values drawn from a distribution: each row one set of all of them, as in FitResult::free_values.
struct ParameterSamples {
  std::string method;          ///< "parametric" or "blocks"
  std::size_t n = 0;           ///< rows
  std::vector<double> values;  ///< (n, n_free) row-major
  std::size_t n_failed = 0;    ///< that did not converge and are not among them
  std::uint64_t seed = 0;

  /// Of column `parameter`, `share` of the samples are less, 0 to 1: linear between neighbours. NaN for none.
  double quantile(std::size_t parameter, double share) const;
  /// (n_free, n_free) row-major; NaN for fewer than two samples.
  std::vector<double> covariance() const;
};

}  // namespace gaxel
