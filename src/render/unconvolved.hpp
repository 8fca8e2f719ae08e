// Light that needs neither integration nor a PSF: the sky, and point sources without a PSF.
#pragma once

#include <span>

#include "gaxel/component.hpp"
#include "gaxel/image.hpp"

namespace gaxel {

/// Adds a sky to `image` and writes its derivatives with respect to the parameters at those positions to the
/// images `derivatives`.
void add_sky(const Component& sky, std::span<const std::size_t> wanted, ImageView image,
             std::span<const ImageView> derivatives);

/// Writes to `gradient`, for each of those parameters, the sum over the pixels of cotangent * derivative.
void sky_gradient(const Component& sky, std::span<const std::size_t> wanted, ConstImageView cotangent,
                  double* gradient);

/// Adds a point source without a PSF: it lies in one pixel, wherever in it, so that only the flux has a
/// derivative. Writes the derivatives with respect to `roles`.
void add_bare_point(const Component& point, std::span<const Role> roles, ImageView image,
                    std::span<const ImageView> derivatives);

/// As sky_gradient.
void bare_point_gradient(const Component& point, std::span<const Role> roles, ConstImageView cotangent,
                         double* gradient);

}  // namespace gaxel
