// How the errors of parameters hang together, pair by pair.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/samples.hpp"
#include "io/task.hpp"

namespace gaxel::io::report {

/// A free value in the convention of files.
struct CornerAxis {
  std::string label;  ///< as FreeValueTerms::label()
  double value = 0.0;
  double error = 0.0;           ///< 1 sigma, above 0
  std::vector<double> samples;  ///< of it; none without samples
};

struct CornerPlot {
  std::vector<CornerAxis> axes;
  std::vector<double> correlation;  ///< (n, n) row-major, of the covariance or of the samples
};

/// At most seven free values, those most correlated with another one, in scene order. With samples mean,
/// error and correlation are those of the samples' columns by the names of free values; else those of the
/// covariance. Values without an error are left out. Empty for fewer than two.
std::optional<CornerPlot> corner_plot(const Task& task, const FitResult& result, const Samples* samples);

/// Pairs as contours that hold 39.3 and 86.5 percent (1 and 2 sigma of a normal distribution), over the
/// density of the samples where there are some; on the diagonal the distribution of each. An inline SVG
/// element.
std::string corner_plot_svg(const CornerPlot& plot);

}  // namespace gaxel::io::report
