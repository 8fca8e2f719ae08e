// Parameters that differ from band to band as drawings over wavelength.
#pragma once

#include <string>
#include <vector>

#include "io/task.hpp"

namespace gaxel::io::report {

/// A parameter in the convention of files; errors are 1 sigma, NaN where not known.
struct WavelengthPoint {
  double wavelength = 0.0;
  double value = 0.0;
  double error = 0.0;
};

struct WavelengthPlot {
  std::string id;  ///< unique in the page
  std::string title;
  std::string unit;                     ///< empty for pure numbers
  std::string color;                    ///< CSS
  std::vector<WavelengthPoint> points;  ///< one for each band; lengths and places in the first band's pixels
  std::vector<WavelengthPoint> curve;   ///< of a series, from the shortest wavelength to the longest; or none
};

/// One for each parameter that is free and not one for all bands, and for each tied one that has no length of
/// pixels of its own, in scene order; none where the bands have one wavelength only.
std::vector<WavelengthPlot> wavelength_plots(const Task& task, const FitResult& result);

/// Points with error bars, the curve with its 1 sigma range; magnitudes grow downwards. An inline SVG
/// element.
std::string wavelength_plot_svg(const WavelengthPlot& plot);

}  // namespace gaxel::io::report
