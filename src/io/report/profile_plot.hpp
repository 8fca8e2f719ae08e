// The radial profile of one galaxy as a drawing.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "io/report/radial_profile.hpp"

namespace gaxel::io::report {

/// A line of the plot: one of Annulus::models.
struct ProfileCurve {
  std::string name;
  std::string color;  ///< CSS
};

struct ProfilePlot {
  std::string id;  ///< unique in the page
  std::string title;
  std::vector<Annulus> annuli;       ///< models: the whole model first, then one for each curve
  std::vector<ProfileCurve> curves;  ///< of the components
  /// Surface brightness in magnitudes for a right-hand axis; empty: no such axis.
  std::function<double(double counts_per_pixel)> magnitude;
  std::string magnitude_title;
};

/// Mean surface brightness of data and models (logarithmic) over radius (square root), and below it data -
/// model in units of the error of the mean. An inline SVG element.
std::string profile_plot_svg(const ProfilePlot& plot);

}  // namespace gaxel::io::report
