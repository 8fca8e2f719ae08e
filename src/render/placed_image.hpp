// Unconvolved light of images on a grid: components of Family::kImage.
#pragma once

#include <span>

#include "gaxel/component.hpp"
#include "gaxel/light_image.hpp"
#include "gaxel/render.hpp"
#include "integrate/image_pixels.hpp"
#include "render/bands.hpp"

namespace gaxel {

/// An image, where it lies, and its flux. Not owned: the image.
struct PlacedImage {
  const LightImage* light;
  ImageFrame frame;
  double flux;

  explicit PlacedImage(const Component& component);
};

/// Adds the light to `image` (the grid's shape), writes its derivatives with respect to `roles` to the images
/// `derivatives`, and with `bound` adds a bound of each pixel's rounding error to it. Works on bands of rows
/// in parallel; the result does not depend on the number of threads.
void add_placed_image(const PlacedImage& placed, std::span<const Role> roles, const LightOptions& options,
                      ImageView image, std::span<const ImageView> derivatives, ImageView* bound,
                      Certificate& certificate);

/// Writes to `gradient`, for each of `roles`, the sum over the pixels of cotangent * derivative. The bands'
/// sums are added in order.
void placed_image_gradient(const PlacedImage& placed, std::span<const Role> roles,
                           const LightOptions& options, ConstImageView cotangent, double* gradient);

/// As add_placed_image, for images that are drawings with splines on the options' grid (Drawing::kSplines);
/// `bound` has the grid's shape.
void draw_placed_image(const PlacedImage& placed, std::span<const Role> roles, const LightOptions& options,
                       ImageView drawing, std::span<const ImageView> derivatives, ImageView* bound,
                       Certificate& certificate);

/// As placed_image_gradient, for the cotangent of a drawing.
void drawn_image_gradient(const PlacedImage& placed, std::span<const Role> roles, const LightOptions& options,
                          ConstImageView cotangent, double* gradient);

}  // namespace gaxel
