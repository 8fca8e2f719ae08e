// One render from the components to the image, and its transpose.
#pragma once

#include "render/lights.hpp"

namespace gaxel {

/// Writes the sum of the parts to `image`, and the wanted derivatives to the parts' images. What can wait is
/// added to `shared` (may be null) instead: then the certificate's summary is not that of the whole image.
Certificate render_image(const Setting& setting, const std::vector<Part>& parts, const Lights& lights,
                         ImageView image, SpectrumPool* shared);

/// Writes the sums over the pixels of cotangent * derivative to the parts' gradients.
void render_gradient(const Setting& setting, const std::vector<Part>& parts, const Lights& lights,
                     ConstImageView cotangent);

/// Throws InputError for parts with wanted parameters whose component has no second derivatives.
void check_second(const std::vector<Part>& parts);

/// Writes the second derivative along the parts' directions to `image`.
void render_second(const Setting& setting, const std::vector<Part>& parts, const Lights& lights,
                   ImageView image);

/// Writes the sums over the pixels of cotangent * derivative of that along Part::first to the parts'
/// gradients.
void render_second_gradient(const Setting& setting, const std::vector<Part>& parts, const Lights& lights,
                            ConstImageView cotangent);

}  // namespace gaxel
