#include "render/placed_image.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "base/parallel.hpp"
#include "integrate/aligned_image.hpp"
#include "integrate/image_drawing.hpp"

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

/// How a node's light and place change with a parameter.
struct NodeChange {
  double light;
  double x;
  double y;
};

NodeChange change_of(const ImageNode& node, Role role, const PlacedImage& placed) {
  switch (role) {
    case Role::kFlux:
      return {node.light, 0.0, 0.0};
    case Role::kX:
      return {0.0, 1.0, 0.0};
    case Role::kY:
      return {0.0, 0.0, 1.0};
    case Role::kScale:
      return {0.0, node.dx / placed.frame.scale, node.dy / placed.frame.scale};
    case Role::kRotation:
      return {0.0, -node.dy, node.dx};
    default:
      throw std::logic_error("not a parameter of an image");
  }
}

// Of its tolerance, what a cell may miss of light in pixels of the image that are left out.
constexpr double kLeftOut = 1e-3;

// Of a pixel of the image that is left out. Cells may hold many of them.
double negligible_light(const PlacedImage& placed, const LightOptions& options) {
  const double pixels_per_cell = std::pow(options.grid.step / placed.frame.scale, 2);
  return kLeftOut * options.tolerance.absolute / std::max(1.0, pixels_per_cell);
}

// use(row, its pixels) for the rows of a band.
template <class Use>
void for_rows(const PlacedImage& placed, const Grid& grid, int band_number, Use&& use) {
  const RowBand band = band_of(grid, band_number);
  const auto sweep_rows = [&](auto sweep) {
    for (int row = band.first_row; row < band.first_row + band.n_rows; ++row) use(row, sweep.next());
  };
  if (placed.frame.theta == 0.0) {
    sweep_rows(AlignedImageSweep(*placed.light, placed.frame, grid, band.first_row));
  } else {
    sweep_rows(ImagePixelSweep(*placed.light, placed.frame, grid, band.first_row));
  }
}

// Writes n sums over all bands, which are added in order. of_band(number, sums)
template <class OfBand>
void write_band_sums(const LightOptions& options, std::size_t n, double* sums, const OfBand& of_band) {
  const int n_of_grid = n_bands(options.grid);
  std::vector<std::vector<double>> by_band(static_cast<std::size_t>(n_of_grid), std::vector<double>(n, 0.0));
  parallel_for(n_of_grid, options.threads,
               [&](int band) { of_band(band, by_band[static_cast<std::size_t>(band)]); });
  std::fill_n(sums, n, 0.0);
  for (const std::vector<double>& sum : by_band) {
    for (std::size_t p = 0; p < n; ++p) sums[p] += sum[p];
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
  for (const ImageView& view : derivatives) std::ranges::fill(view.pixels(), 0.0);
  for_each_band(options.grid, options.threads, 1, certificate, [&](int band, Tally& tally) {
    for_rows(placed, options.grid, band, [&](int row, const LitPixels& lit) {
      int column = lit.first_column;
      for (const ImagePixel& pixel : lit.pixels) {
        image(row, column) += placed.flux * pixel.light;
        const double allowed =
            options.tolerance.absolute + options.tolerance.relative * std::abs(pixel.light);
        tally.limit_hit |= pixel.rounding > allowed;
        if (bound != nullptr) (*bound)(row, column) += std::abs(placed.flux) * pixel.rounding;
        for (std::size_t p = 0; p < roles.size(); ++p)
          derivatives[p](row, column) = derivative(pixel, roles[p], placed.flux);
        ++column;
      }
    });
  });
}

void placed_image_gradient(const PlacedImage& placed, std::span<const Role> roles,
                           const LightOptions& options, ConstImageView cotangent, double* gradient) {
  write_band_sums(options, roles.size(), gradient, [&](int band, std::vector<double>& sum) {
    for_rows(placed, options.grid, band, [&](int row, const LitPixels& lit) {
      const double* weight = cotangent.row(row) + lit.first_column;
      for (const ImagePixel& pixel : lit.pixels) {
        for (std::size_t p = 0; p < roles.size(); ++p)
          sum[p] += *weight * derivative(pixel, roles[p], placed.flux);
        ++weight;
      }
    });
  });
}

void draw_placed_image(const PlacedImage& placed, std::span<const Role> roles, const LightOptions& options,
                       ImageView drawing, std::span<const ImageView> derivatives, ImageView* bound,
                       Certificate& certificate) {
  for (const ImageView& view : derivatives) std::ranges::fill(view.pixels(), 0.0);
  const auto add = [](const ImageNode& node, const SplineShares& x, const SplineShares& y, double light,
                      ImageView to) {
    for (std::size_t r = 0; r < kSplineOrder; ++r) {
      double* cells = to.row(node.row + static_cast<int>(r)) + node.column;
      for (std::size_t c = 0; c < kSplineOrder; ++c) cells[c] += light * y[r] * x[c];
    }
  };
  const auto draw = [&](const ImageNode& node) {
    const double light = placed.flux * node.light;
    add(node, node.x, node.y, light, drawing);
    for (std::size_t p = 0; p < roles.size(); ++p) {
      const NodeChange change = change_of(node, roles[p], placed);
      if (change.light != 0.0) add(node, node.x, node.y, change.light, derivatives[p]);
      if (change.x != 0.0) add(node, node.slope_x, node.y, light * change.x, derivatives[p]);
      if (change.y != 0.0) add(node, node.x, node.slope_y, light * change.y, derivatives[p]);
    }
    if (bound != nullptr) (*bound)(node.row, node.column) += kImageNodeError * std::abs(light);
  };
  constexpr int kApart = 2;  // splines reach into the next band
  for_each_band(options.grid, options.threads, kApart, certificate, [&](int band, Tally& /*tally*/) {
    for_each_image_node(*placed.light, placed.frame, options.grid, band_of(options.grid, band),
                        negligible_light(placed, options), !roles.empty(), draw);
  });
  if (bound == nullptr) return;
  const double left_out = kLeftOut * options.tolerance.absolute * std::abs(placed.flux);
  for (double& cell : bound->pixels()) cell += left_out;
}

void drawn_image_gradient(const PlacedImage& placed, std::span<const Role> roles, const LightOptions& options,
                          ConstImageView cotangent, double* gradient) {
  const auto gather = [&](const ImageNode& node, const SplineShares& x, const SplineShares& y) {
    double sum = 0.0;
    for (std::size_t r = 0; r < kSplineOrder; ++r) {
      const double* cells = cotangent.row(node.row + static_cast<int>(r)) + node.column;
      double of_row = 0.0;
      for (std::size_t c = 0; c < kSplineOrder; ++c) of_row += cells[c] * x[c];
      sum += y[r] * of_row;
    }
    return sum;
  };
  write_band_sums(options, roles.size(), gradient, [&](int band, std::vector<double>& sum) {
    for_each_image_node(*placed.light, placed.frame, options.grid, band_of(options.grid, band),
                        negligible_light(placed, options), true, [&](const ImageNode& node) {
                          const double light = placed.flux * node.light;
                          const double here = gather(node, node.x, node.y);
                          const double along_x = light * gather(node, node.slope_x, node.y);
                          const double along_y = light * gather(node, node.x, node.slope_y);
                          for (std::size_t p = 0; p < roles.size(); ++p) {
                            const NodeChange change = change_of(node, roles[p], placed);
                            sum[p] += change.light * here + change.x * along_x + change.y * along_y;
                          }
                        });
  });
}

}  // namespace gaxel
