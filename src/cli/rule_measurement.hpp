// One rule of integration at work: its error against exact pixels, its cost, its time.
#pragma once

#include <cstdint>
#include <optional>

#include "cli/integration_rules.hpp"
#include "gaxel/component.hpp"
#include "gaxel/image.hpp"

namespace gaxel::cli {

/// Pixels as exact as gaxel's renderer makes them.
struct ExactPixels {
  static constexpr Tolerance kTolerance{1e-12, 1e-14};

  Image pixels;
  double bound = 0.0;  ///< of their errors, as a fraction of the flux
};

ExactPixels exact_pixels(const Component& profile, Shape shape);

/// Errors are fractions of |flux|.
struct RuleMeasurement {
  Image error;  ///< (rule - exact) / flux
  double max_error = 0.0;
  double sum_error = 0.0;
  /// What the rule itself says of its largest error: |Kronrod - Gauss|, the refinement's estimate of its
  /// worst cell, the renderer's bound; the other rules know nothing.
  std::optional<double> own_estimate;
  std::int64_t n_evaluations = 0;
  double milliseconds = 0.0;  ///< the shortest of the runs
  std::optional<RefinementCertificate> refinement;
};

/// Runs the rule `repeat` times in this thread. Throws InputError for what the library refuses.
RuleMeasurement measure(const IntegrationRule& rule, const Component& profile, const ExactPixels& exact,
                        const RefinementOptions& options, int repeat);

}  // namespace gaxel::cli
