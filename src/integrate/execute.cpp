#include "integrate/execute.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "integrate/cusp.hpp"
#include "integrate/execute_cells.hpp"
#include "integrate/execute_tiles.hpp"

namespace gaxel {
namespace {

// The pixels that cells and cusps add to.
void clear_outside_tiles(const Plan& plan, ImageView image) {
  clear_cells(plan, image);
  for (const std::int32_t pixel : plan.cusp_pixels) image.data()[pixel] = 0.0;
}

void add_cusps(const Plan& plan, const ProfileLight& light, ImageView image) {
  for (const std::int32_t pixel : plan.cusp_pixels) {
    const Moments moments = cusp_moments(light.law, light.frame, pixel_box(plan.grid, pixel), false);
    image.data()[pixel] += light.flux * moments[kFlux];
  }
}

void add_cusps_with_derivatives(const Plan& plan, const ProfileLight& light, std::span<const Moments> weights,
                                ImageView image, std::span<const ImageView> derivatives) {
  for (const std::int32_t pixel : plan.cusp_pixels) {
    const Moments moments = cusp_moments(light.law, light.frame, pixel_box(plan.grid, pixel), true);
    image.data()[pixel] += light.flux * moments[kFlux];
    for (std::size_t p = 0; p < weights.size(); ++p) {
      derivatives[p].data()[pixel] += sum_of_products(weights[p], moments);
    }
  }
}

void count(std::vector<std::int64_t>& counts, std::size_t at, std::size_t n) {
  counts.resize(std::max(counts.size(), at + 1), 0);
  counts[at] += static_cast<std::int64_t>(n);
}

}  // namespace

WorkCount count_work(const Plan& plan) {
  WorkCount work;
  const auto evaluations = [](const Orders& orders, std::size_t n) {
    return static_cast<std::int64_t>(n) * orders.x * orders.y;
  };
  for (const TileBucket& bucket : plan.tile_buckets) {
    count(work.tiles_per_size, static_cast<std::size_t>(bucket.size()), bucket.count);
    work.n_evaluations += evaluations(bucket.orders, bucket.count);
  }
  for (const CellBucket& bucket : plan.cell_buckets) {
    count(work.cells_per_level, static_cast<std::size_t>(bucket.level()), bucket.n_cells);
    work.n_evaluations += evaluations(bucket.orders, bucket.n_cells);
  }
  work.n_cusps = std::ssize(plan.cusp_pixels);
  return work;
}

void execute(const Plan& plan, const ProfileLight& light, Write write, ImageView image) {
  execute_tiles(plan, light, write, image, nullptr);
  if (write == Write::kReplace) clear_outside_tiles(plan, image);
  add_cells(plan, light, image);
  add_cusps(plan, light, image);
}

void execute_shared(const Plan& plan, const ProfileLight& light, ImageView image, TileSums& sums) {
  execute_tiles(plan, light, Write::kAdd, image, &sums);
  add_cells(plan, light, image);
  add_cusps(plan, light, image);
}

void execute_with_derivatives(const Plan& plan, const ProfileLight& light,
                              std::span<const LightParameter> parameters, Write write, ImageView image,
                              std::span<const ImageView> derivatives) {
  std::vector<Moments> weights;
  for (const LightParameter parameter : parameters) {
    weights.push_back(derivative_weights(light.law, light.frame, light.flux, light.d_flux, parameter));
  }
  execute_tiles_with_derivatives(plan, light, weights, write, image, derivatives);
  if (write == Write::kReplace) clear_outside_tiles(plan, image);
  for (const ImageView& derivative : derivatives) clear_outside_tiles(plan, derivative);
  add_cells_with_derivatives(plan, light, weights, image, derivatives);
  add_cusps_with_derivatives(plan, light, weights, image, derivatives);
}

Moments execute_adjoint(const Plan& plan, const ProfileLight& light, ConstImageView cotangent) {
  Moments sums{};
  add_tile_adjoint(plan, light, cotangent, sums);
  add_cell_adjoint(plan, light, cotangent, sums);
  for (const std::int32_t pixel : plan.cusp_pixels) {
    const Moments moments = cusp_moments(light.law, light.frame, pixel_box(plan.grid, pixel), true);
    for (std::size_t m = 0; m < kMaxMoments; ++m) sums[m] += cotangent.data()[pixel] * moments[m];
  }
  return sums;
}

void add_error_bound(const Plan& plan, const ProfileLight& light, ImageView bound) {
  add_tile_bounds(plan, light, bound);
  add_cell_bounds(plan, light, bound);
  for (const std::int32_t pixel : plan.cusp_pixels) {
    double rounding = 0.0;
    cusp_moments(light.law, light.frame, pixel_box(plan.grid, pixel), false, &rounding);
    bound.data()[pixel] += std::abs(light.flux) * rounding;
  }
}

}  // namespace gaxel
