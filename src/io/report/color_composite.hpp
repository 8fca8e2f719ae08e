// Several bands as pictures in colour.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "io/report/image_panel.hpp"
#include "io/task.hpp"

namespace gaxel::io::report {

/// Places of the bands that are red, green and blue: the longest wavelength, that next to the middle between
/// the others, the shortest. Of two bands green is the mean of both and its place that of red.
struct ColorBands {
  std::array<std::size_t, 3> place{};
  bool mean_is_green = false;
};

/// Needs two bands or more.
ColorBands color_bands(const Task& task);

/// The image of a band at the centres of the first band's pixels, by the pixel that holds them; NaN outside,
/// and where `used` is 0 (empty: everywhere used).
Image on_first_grid(ConstImageView image, std::span<const std::uint8_t> used, const PixelMap& from_first,
                    Shape first);

/// The colour of three intensities (red, green, blue): hue and saturation are those of the intensities
/// whatever their sum (Lupton et al. 2004, PASP 116, 133, equation 2), brightness goes as asinh of it in
/// units of `softening`, and is 1 at `high`. kMasked where one is NaN.
Rgb lupton_color(const std::array<double, 3>& light, double softening, double high);

/// Data, model and residual in colour, in the pixels of the first band; none for fewer than two bands.
/// Intensities are counts above the model's sky in units of the model's light in each band, so that the field
/// as a whole is white. The residual is in sigmas, grey where there is none.
std::vector<ImagePanel> color_panels(const Task& task, const FitResult& result,
                                     std::span<const std::vector<Image>> component_images);

}  // namespace gaxel::io::report
