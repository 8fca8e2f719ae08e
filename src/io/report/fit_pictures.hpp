// Data, model and residual of a fit as pictures.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "io/report/image_panel.hpp"
#include "io/report/scale.hpp"
#include "io/task.hpp"

namespace gaxel::io::report {

/// (data - model) / sigma, 0 where sigma is not positive.
Image residual_in_sigma(const Observation& observation, const Image& model);

/// What components that are sky add to the model; `component_images` in their order.
Image sky_image(std::span<const Component> components, std::span<const Image> component_images, Shape shape);

/// Colour of a component in plots and tables, by its place in the scene.
std::string component_color(std::size_t index);

/// The three panels: data and model under one asinh stretch, the residual in sigmas on a diverging map. The
/// model panel carries the components' half-light ellipses, numbered from 1 in scene order. Of several bands
/// `result` is that in_band(); `suffix` makes the panels' names on a page unique.
std::vector<ImagePanel> fit_panels(const TaskImage& task, const FitResult& result,
                                   const std::string& suffix = "");

/// Data, model and residual side by side, without text, enlarged by a whole factor to at least 1200 pixels in
/// width.
Picture picture_strip(const TaskImage& task, const FitResult& result);

}  // namespace gaxel::io::report
