#include "integrate/execute_tiles.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/stop_scopes.hpp"
#include "integrate/leaf_errors.hpp"
#include "integrate/node_kernel.hpp"
#include "integrate/tile_kernel.hpp"
#include "integrate/tile_nodes.hpp"

namespace gaxel {
namespace {

// Calls work(place, light at the nodes, number of nodes) for every tile of a plan.
template <class Work>
void for_each_tile_with_partials(const Plan& plan, const ProfileLight& light, TileScratch& scratch,
                                 Work&& work) {
  std::vector<double>& g = scratch.g;
  std::vector<double>& g_s = scratch.g_s;
  std::vector<double>& g_shapes = scratch.g_shapes;
  const std::size_t n_shapes = light.law.n_shapes();
  for (const TileBucket& bucket : plan.tile_buckets) {
    TileNodes nodes(plan, bucket, light.frame, bucket.orders, scratch);
    for (std::vector<double>* values : {&g, &g_s}) values->resize(nodes.s().size());
    g_shapes.resize(n_shapes * nodes.s().size());
    for (std::size_t first = 0; first < bucket.count; first += nodes.at_once()) {
      stop_if_wanted();
      const std::size_t count = nodes.place(first);
      const std::size_t n = count * nodes.size();
      light.law.evaluate_with_partials(nodes.s().data(), n, g.data(), g_s.data(), g_shapes.data());
      for (std::size_t k = 0; k < count; ++k) {
        const auto middle = nodes.middle_of(first + k);
        const std::size_t at = k * nodes.size();
        work(nodes.place_of(first + k),
             NodeLight{nodes.offset_u(), nodes.offset_v(), middle.u, middle.v, g.data() + at, g_s.data() + at,
                       g_shapes.data() + at, n, n_shapes},
             nodes.size());
      }
    }
  }
}

}  // namespace

void execute_tiles(const Plan& plan, const ProfileLight& light, Write write, ImageView image,
                   TileSums* sums) {
  const double scale = light.flux * pixel_area(plan.grid, light.frame);
  TileScratch scratch;
  for (const TileBucket& bucket : plan.tile_buckets) {
    const bool share = sums != nullptr && bucket.side_x * bucket.side_y >= kSharedPixels;
    TileNodes nodes(plan, bucket, light.frame, bucket.orders, scratch);
    for (std::size_t first = 0; first < bucket.count; first += nodes.at_once()) {
      stop_if_wanted();
      const std::size_t count = nodes.place(first);
      light.law.evaluate(nodes.s().data(), count * nodes.size(), nodes.s().data());
      for (std::size_t k = 0; k < count; ++k) {
        const TilePlace place = nodes.place_of(first + k);
        const double* values = nodes.s().data() + k * nodes.size();
        if (share) {
          sums->add(place, values, scale);
        } else {
          expand_on_band(place, values, scale, plan.band, write, image);
        }
      }
    }
  }
}

void execute_tiles_with_derivatives(const Plan& plan, const ProfileLight& light,
                                    std::span<const Moments> weights, Write write, ImageView image,
                                    std::span<const ImageView> derivatives) {
  const double area = pixel_area(plan.grid, light.frame);
  TileScratch scratch;
  std::vector<double> at_nodes_of_all;
  for_each_tile_with_partials(plan, light, scratch,
                              [&](const TilePlace& place, const NodeLight& at_nodes, std::size_t n) {
                                expand_on_band(place, at_nodes.g, light.flux * area, plan.band, write, image);
                                at_nodes_of_all.resize(n * weights.size());
                                combine_moments(at_nodes, n, weights, at_nodes_of_all.data());
                                for (std::size_t p = 0; p < weights.size(); ++p) {
                                  expand_on_band(place, at_nodes_of_all.data() + p * n, area, plan.band,
                                                 Write::kReplace, derivatives[p]);
                                }
                              });
}

void add_tile_adjoint(const Plan& plan, const ProfileLight& light, ConstImageView cotangent, Moments& sums) {
  const double area = pixel_area(plan.grid, light.frame);
  TileScratch scratch;
  std::vector<double> weights;
  for_each_tile_with_partials(plan, light, scratch,
                              [&](const TilePlace& place, const NodeLight& at_nodes, std::size_t n) {
                                weights.resize(n);
                                contract_from_band(place, plan.band, cotangent, weights.data());
                                const Moments moments = weighted_moments(at_nodes, n, weights.data());
                                for (std::size_t m = 0; m < kMaxMoments; ++m) sums[m] += area * moments[m];
                              });
}

void add_tile_bounds(const Plan& plan, const ProfileLight& light, ImageView bound) {
  const double area = pixel_area(plan.grid, light.frame);
  const double scale = std::abs(light.flux);
  const LeafErrors errors = tile_errors(plan, light.law, light.frame);
  Image mean({kMaxTileSide, kMaxTileSide});
  Image check({kMaxTileSide, kMaxTileSide});
  TileScratch scratch;
  TileScratch finer_scratch;
  for (const TileBucket& bucket : plan.tile_buckets) {
    TileNodes nodes(plan, bucket, light.frame, bucket.orders, scratch);
    const Orders more{bucket.orders.x + kTileCheckOrders, bucket.orders.y + kTileCheckOrders};
    TileNodes finer(plan, bucket, light.frame, more, finer_scratch);
    const double amplification = lebesgue_bound(bucket.orders.x) * lebesgue_bound(bucket.orders.y);
    for (std::size_t tile = 0; tile < bucket.count; ++tile) {
      stop_if_wanted();
      const TilePlace place = nodes.place_of(tile);
      const Shape covered = covered_by(place, plan.band, bound.nx());
      double largest = 0.0;
      const auto expand = [&](TileNodes& from, Image& to) {
        from.place(tile, 1);
        light.law.evaluate(from.s().data(), from.size(), from.s().data());
        largest = std::max(largest, *std::max_element(from.s().begin(), from.s().begin() + from.size()));
        expand_tile(from.x(), from.y(), from.s().data(), 1.0, covered.ny, covered.nx, Write::kReplace,
                    to.data(), to.nx());
      };
      expand(nodes, mean);
      expand(finer, check);
      const double rounding =
          area * largest * light.law.rounding(largest, light.frame.s_rounding()) * amplification;
      const std::size_t leaf = bucket.first + tile;
      for (int row = 0; row < covered.ny; ++row) {
        for (int col = 0; col < covered.nx; ++col) {
          const double difference = area * std::abs(mean(row, col) - check(row, col));
          const double truncation = std::min(errors.rule[leaf], difference + errors.check[leaf]);
          bound(place.row + row, place.col + col) += scale * (truncation + rounding);
        }
      }
    }
  }
}

}  // namespace gaxel
