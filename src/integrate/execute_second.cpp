#include "integrate/execute_second.hpp"

#include <algorithm>
#include <vector>

#include "base/stop_scopes.hpp"
#include "integrate/cell_nodes.hpp"
#include "integrate/cusp_rates.hpp"
#include "integrate/rate_kernel.hpp"
#include "integrate/tile_kernel.hpp"
#include "integrate/tile_nodes.hpp"

namespace gaxel {
namespace {

// A law's light at n nodes, and its rates.
class SecondOrderNodes {
 public:
  SecondOrderNodes(const ProfileLight& light, const LightRates& rates) : light_(light), rates_(rates) {}

  void resize(std::size_t n) {
    for (auto* values : {&s_, &s_rates_, &g_, &g_s_, &g_rates_, &g_s_rates_}) values->resize(n);
    g_shapes_.resize(n * light_.law.n_shapes());
    g_shapes_rates_.resize(n * light_.law.n_shapes());
  }

  // Places nodes first, first + 1, ...: at (u0 + u[k], v0 + v[k]).
  void place(std::size_t first, const double* u, const double* v, std::size_t n, double u0, double v0) {
    shifted_radii(u, v, n, u0, v0, s_.data() + first);
    radius_rates(rates_.flow, u, v, n, u0, v0, s_rates_.data() + first);
  }

  // Evaluates the first n of them.
  void evaluate(std::size_t n) {
    n_evaluated_ = n;
    light_.law.evaluate_with_rates(s_.data(), s_rates_.data(), n, rates_.shapes.data(),
                                   {g_.data(), g_s_.data(), g_shapes_.data()},
                                   {g_rates_.data(), g_s_rates_.data(), g_shapes_rates_.data()});
  }

  NodeLight light(std::size_t first, const double* u, const double* v, double u0, double v0) const {
    return {u,
            v,
            u0,
            v0,
            g_.data() + first,
            g_s_.data() + first,
            g_shapes_.data() + first,
            n_evaluated_,
            light_.law.n_shapes()};
  }
  NodeRates rates(std::size_t first) const {
    return {g_rates_.data() + first, g_s_rates_.data() + first, g_shapes_rates_.data() + first, rates_.flow};
  }

 private:
  const ProfileLight& light_;
  const LightRates& rates_;
  std::size_t n_evaluated_ = 0;
  std::vector<double> s_;
  std::vector<double> s_rates_;
  std::vector<double> g_;
  std::vector<double> g_s_;
  std::vector<double> g_shapes_;
  std::vector<double> g_rates_;
  std::vector<double> g_s_rates_;
  std::vector<double> g_shapes_rates_;
};

// Calls work(place, light at the nodes, its rates, number of nodes) for every tile of a plan.
template <class Work>
void for_each_tile(const Plan& plan, const ProfileLight& light, const LightRates& rates, Work&& work) {
  TileScratch scratch;
  SecondOrderNodes nodes(light, rates);
  for (const TileBucket& bucket : plan.tile_buckets) {
    const TileNodes tiles(plan, bucket, light.frame, bucket.orders, scratch);
    const std::size_t size = tiles.size();
    nodes.resize(tiles.at_once() * size);
    for (std::size_t first = 0; first < bucket.count; first += tiles.at_once()) {
      stop_if_wanted();
      const std::size_t count = std::min(tiles.at_once(), bucket.count - first);
      for (std::size_t k = 0; k < count; ++k) {
        const auto middle = tiles.middle_of(first + k);
        nodes.place(k * size, tiles.offset_u(), tiles.offset_v(), size, middle.u, middle.v);
      }
      nodes.evaluate(count * size);
      for (std::size_t k = 0; k < count; ++k) {
        const auto middle = tiles.middle_of(first + k);
        work(tiles.place_of(first + k),
             nodes.light(k * size, tiles.offset_u(), tiles.offset_v(), middle.u, middle.v),
             nodes.rates(k * size), size);
      }
    }
  }
}

// Calls work(pixel, moments of a cell) for every cell of a plan: vectors run over the nodes of each.
template <class Work>
void for_each_cell(const Plan& plan, const ProfileLight& light, const LightRates& rates, Work&& work) {
  SecondOrderNodes nodes(light, rates);
  for_each_cell_chunk(plan, light.frame, [&](const CellRule& rule, const CellChunk& chunk) {
    const std::size_t n = rule.size();
    const std::size_t at_once = std::max<std::size_t>(1, kChunkCells / n);
    nodes.resize(at_once * n);
    for (std::size_t first = 0; first < chunk.count; first += at_once) {
      const std::size_t count = std::min(at_once, chunk.count - first);
      for (std::size_t k = 0; k < count; ++k) {
        nodes.place(k * n, rule.u.data(), rule.v.data(), n, chunk.u[first + k], chunk.v[first + k]);
      }
      nodes.evaluate(count * n);
      for (std::size_t k = 0; k < count; ++k) {
        const NodeLight of_cell =
            nodes.light(k * n, rule.u.data(), rule.v.data(), chunk.u[first + k], chunk.v[first + k]);
        MomentRates mean = weighted_moment_rates(of_cell, nodes.rates(k * n), n, rule.weight.data());
        for (std::size_t m = 0; m < kMaxMoments; ++m) {
          mean.values[m] *= rule.area;
          mean.rates[m] *= rule.area;
        }
        work(chunk.pixel[first + k], mean);
      }
    }
  });
}

// The same for the pixels in closed form.
template <class Work>
void for_each_cusp(const Plan& plan, const ProfileLight& light, const LightRates& rates, Work&& work) {
  for (const std::int32_t pixel : plan.cusp_pixels) {
    work(pixel, cusp_moment_rates(light, rates, pixel_box(plan.grid, pixel)));
  }
}

}  // namespace

void add_second_derivative(const Plan& plan, const ProfileLight& light, const LightRates& rates,
                           const DirectionWeights& weights, ImageView image) {
  const double area = pixel_area(plan.grid, light.frame);
  std::vector<double> at_nodes;
  for_each_tile(
      plan, light, rates,
      [&](const TilePlace& place, const NodeLight& of_tile, const NodeRates& its_rates, std::size_t n) {
        at_nodes.resize(n);
        combine_moment_rates(of_tile, its_rates, n, weights, at_nodes.data());
        expand_on_band(place, at_nodes.data(), area, plan.band, Write::kAdd, image);
      });
  const auto add = [&](std::int32_t pixel, const MomentRates& moments) {
    image.data()[pixel] +=
        sum_of_products(weights.of_values, moments.values) + sum_of_products(weights.of_rates, moments.rates);
  };
  for_each_cell(plan, light, rates, add);
  for_each_cusp(plan, light, rates, add);
}

MomentRates execute_second_adjoint(const Plan& plan, const ProfileLight& light, const LightRates& rates,
                                   ConstImageView cotangent) {
  const double area = pixel_area(plan.grid, light.frame);
  MomentRates sums;
  const auto add_scaled_moments = [&](double scale, const MomentRates& moments) {
    for (std::size_t m = 0; m < kMaxMoments; ++m) {
      sums.values[m] += scale * moments.values[m];
      sums.rates[m] += scale * moments.rates[m];
    }
  };
  std::vector<double> at_nodes;
  for_each_tile(
      plan, light, rates,
      [&](const TilePlace& place, const NodeLight& of_tile, const NodeRates& its_rates, std::size_t n) {
        at_nodes.resize(n);
        contract_from_band(place, plan.band, cotangent, at_nodes.data());
        add_scaled_moments(area, weighted_moment_rates(of_tile, its_rates, n, at_nodes.data()));
      });
  const auto add = [&](std::int32_t pixel, const MomentRates& moments) {
    add_scaled_moments(cotangent.data()[pixel], moments);
  };
  for_each_cell(plan, light, rates, add);
  for_each_cusp(plan, light, rates, add);
  return sums;
}

}  // namespace gaxel
