// From the bound of the light to that of the image, and the summary of it.
#pragma once

#include "gaxel/render.hpp"
#include "psf/convolver.hpp"

namespace gaxel {

/// What the rounding of a convolution is proportional to.
struct LightSize {
  double norm;    ///< 2-norm of the image of the light that is convolved
  double points;  ///< summed |flux| of point sources and of profiles that are known by their transforms
  double error;   ///< of those transforms, in a pixel of the image
};

double norm(ConstImageView image);  ///< 2-norm

/// Writes certificate.bound: `light_bound` through the PSF of `convolver` (null: as it is). Without sky.
/// certificate.total_flux is known.
void bound_image(const Image& light_bound, const Convolver* convolver, const LightSize& size,
                 Certificate& certificate);

/// Fills in the certificate's largest and summed bound, and the pixels over the tolerance. `image`: without
/// sky.
void sum_up(const Tolerance& tolerance, ConstImageView image, Certificate& certificate);

}  // namespace gaxel
