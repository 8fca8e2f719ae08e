// Which galaxies of a fit get a radial profile, and their plots.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/report/profile_plot.hpp"
#include "io/task.hpp"

namespace gaxel::io::report {

/// Profiles about the brightest galaxies, at most three, each on the ellipses of its brightest component;
/// components that share a centre count as one galaxy. The sky of the model is subtracted. `component_images`
/// are in scene order; `pixel_scale` in arcsec turns the right-hand axis into mag/arcsec^2. `result` and
/// `suffix` as in fit_panels.
std::vector<ProfilePlot> galaxy_profiles(const TaskImage& task, const FitResult& result,
                                         std::span<const Image> component_images,
                                         std::optional<double> pixel_scale, const std::string& suffix = "");

}  // namespace gaxel::io::report
