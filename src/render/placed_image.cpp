#include "render/placed_image.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "base/parallel.hpp"

namespace gaxel {
namespace {

double derivative(const ImagePixel& pixel, Role role, double flux) {
  switch (role) {
    case Role::kFlux:
      return pixel.light;
    case Role::kX:
      return flux * pixel.x;
    case Role::kY:
      return flux * pixel.y;
    case Role::kScale:
      return flux * pixel.scale;
    case Role::kRotation:
      return flux * pixel.theta;
    default:
      throw std::logic_error("not a parameter of an image");
  }
}

}  // namespace

PlacedImage::PlacedImage(const Component& component)
    : light(component.image.get()),
      frame{component.value(Role::kX), component.value(Role::kY), component.value(Role::kScale),
            component.value(Role::kRotation)},
      flux(component.value(Role::kFlux)) {}

void add_placed_image(const PlacedImage& placed, std::span<const Role> roles, const LightOptions& options,
                      ImageView image, std::span<const ImageView> derivatives, ImageView* bound,
                      Certificate& certificate) {
  for_each_band(options.grid, options.threads, certificate, [&](int i, Tally& tally) {
    const Band band = band_of(options.grid, i);
    ImagePixelSweep sweep(*placed.light, placed.frame, options.grid, band.first_row);
    for (int row = band.first_row; row < band.first_row + band.n_rows; ++row) {
      const std::span<const ImagePixel> pixels = sweep.next();
      for (int column = 0; column < image.nx(); ++column) {
        const ImagePixel& pixel = pixels[static_cast<std::size_t>(column)];
        image(row, column) += placed.flux * pixel.light;
        for (std::size_t p = 0; p < roles.size(); ++p)
          derivatives[p](row, column) = derivative(pixel, roles[p], placed.flux);
        const double allowed =
            options.tolerance.absolute + options.tolerance.relative * std::abs(pixel.light);
        tally.limit_hit |= pixel.rounding > allowed;
        if (bound != nullptr) (*bound)(row, column) += std::abs(placed.flux) * pixel.rounding;
      }
    }
  });
}

void placed_image_gradient(const PlacedImage& placed, std::span<const Role> roles,
                           const LightOptions& options, ConstImageView cotangent, double* gradient) {
  const int n = n_bands(options.grid);
  std::vector<std::vector<double>> sums(static_cast<std::size_t>(n), std::vector<double>(roles.size(), 0.0));
  parallel_for(n, options.threads, [&](int i) {
    const Band band = band_of(options.grid, i);
    std::vector<double>& sum = sums[static_cast<std::size_t>(i)];
    ImagePixelSweep sweep(*placed.light, placed.frame, options.grid, band.first_row);
    for (int row = band.first_row; row < band.first_row + band.n_rows; ++row) {
      const std::span<const ImagePixel> pixels = sweep.next();
      for (int column = 0; column < cotangent.nx(); ++column) {
        for (std::size_t p = 0; p < roles.size(); ++p) {
          sum[p] += cotangent(row, column) *
                    derivative(pixels[static_cast<std::size_t>(column)], roles[p], placed.flux);
        }
      }
    }
  });
  std::fill_n(gradient, roles.size(), 0.0);
  for (const std::vector<double>& sum : sums) {
    for (std::size_t p = 0; p < sum.size(); ++p) gradient[p] += sum[p];
  }
}

}  // namespace gaxel
