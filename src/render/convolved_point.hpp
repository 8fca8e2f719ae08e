// Point sources seen through a PSF.
#pragma once

#include <memory>
#include <span>

#include "gaxel/component.hpp"
#include "gaxel/image.hpp"
#include "psf/convolver.hpp"

namespace gaxel {

/// A point source, to be added to a spectrum; null if none of its light reaches the region.
std::unique_ptr<const FourierLight> convolved_point(const Component& point, const Convolver& convolver);

/// Adds a point source to the spectrum of the image and writes its derivatives with respect to `roles` to the
/// images `derivatives`.
void add_convolved_point(const Component& point, const Convolver& convolver, std::span<const Role> roles,
                         std::span<const ImageView> derivatives, Convolver::Spectrum& image, int threads);

/// Writes to `gradient`, for each of `roles`, the sum over the pixels of cotangent * derivative, for a
/// spectrum from Convolver::convolve_adjoint.
void convolved_point_gradient(const Component& point, const Convolver& convolver, std::span<const Role> roles,
                              const Convolver::Spectrum& cotangent, double* gradient, int threads);

/// Adds the second derivative along two directions, with a step for each of `roles`, to `image`.
void add_convolved_point_second(const Component& point, const Convolver& convolver,
                                std::span<const Role> roles, std::span<const double> first,
                                std::span<const double> second, ImageView image, int threads);

/// As convolved_point_gradient, of the derivatives along a direction.
void convolved_point_second_gradient(const Component& point, const Convolver& convolver,
                                     std::span<const Role> roles, std::span<const double> first,
                                     const Convolver::Spectrum& cotangent, double* gradient, int threads);

}  // namespace gaxel
