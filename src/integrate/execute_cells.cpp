#include "integrate/execute_cells.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "integrate/cell_nodes.hpp"
#include "integrate/leaf_errors.hpp"
#include "integrate/node_kernel.hpp"

namespace gaxel {
namespace {

constexpr std::size_t kFewCells = 16;

// Cells too few to fill vectors: the vectors run over the nodes of each.
bool is_few(const CellRule& rule, const CellChunk& chunk) {
  return chunk.count < kFewCells && rule.size() > chunk.count && rule.size() <= kChunkCells;
}

// Calls work(cell, first) for each cell, with s at its nodes in s[first], s[first + 1], ...: at most
// kChunkCells nodes between two calls of prepare(n), which tells that n are in place.
template <class Prepare, class Work>
void for_each_of_few(const CellRule& rule, const CellChunk& chunk, CellLane& s, Prepare&& prepare,
                     Work&& work) {
  const std::size_t n = rule.size();
  const std::size_t at_once = kChunkCells / n;
  for (std::size_t first = 0; first < chunk.count; first += at_once) {
    const std::size_t last = std::min(first + at_once, chunk.count);
    for (std::size_t cell = first; cell < last; ++cell) {
      shifted_radii(rule.u.data(), rule.v.data(), n, chunk.u[cell], chunk.v[cell],
                    s.data() + (cell - first) * n);
    }
    prepare((last - first) * n);
    for (std::size_t cell = first; cell < last; ++cell) work(cell, (cell - first) * n);
  }
}

// Calls work(node, first) for each node, with s at that node of all cells in s[first], s[first + 1], ...;
// prepare as above.
template <class Prepare, class Work>
void for_each_node(const CellRule& rule, const CellChunk& chunk, CellLane& s, Prepare&& prepare,
                   Work&& work) {
  const std::size_t at_once = kChunkCells / chunk.count;
  for (std::size_t first = 0; first < rule.size(); first += at_once) {
    const std::size_t n = std::min(at_once, rule.size() - first);
    for (std::size_t k = 0; k < n; ++k) chunk.squared_radii(rule, first + k, s.data() + k * chunk.count);
    prepare(n * chunk.count);
    for (std::size_t k = 0; k < n; ++k) work(first + k, k * chunk.count);
  }
}

// Means of g over the cells of a chunk.
void mean_light(const RadialLaw& law, const CellRule& rule, const CellChunk& chunk, CellLane& mean) {
  CellLane s;
  const auto evaluate = [&](std::size_t n) { law.evaluate(s.data(), n, s.data()); };
  if (is_few(rule, chunk)) {
    for_each_of_few(rule, chunk, s, evaluate, [&](std::size_t cell, std::size_t first) {
      mean[cell] = dot(rule.weight.data(), s.data() + first, rule.size());
    });
    return;
  }
  std::fill_n(mean.begin(), chunk.count, 0.0);
  for_each_node(rule, chunk, s, evaluate, [&](std::size_t node, std::size_t first) {
    add_scaled(s.data() + first, chunk.count, rule.weight[node], mean.data());
  });
}

// Means of the moments' integrands over the cells of a chunk.
void mean_moments(const RadialLaw& law, const CellRule& rule, const CellChunk& chunk,
                  std::array<CellLane, kMaxMoments>& mean) {
  CellLane s;
  CellLane g;
  CellLane g_s;
  std::array<double, kMaxShapes * kChunkCells> g_shapes;
  std::size_t n_evaluated = 0;
  const auto evaluate = [&](std::size_t n) {
    n_evaluated = n;
    law.evaluate_with_partials(s.data(), n, g.data(), g_s.data(), g_shapes.data());
  };
  const auto node_light = [&](const double* u, const double* v, double u0, double v0, std::size_t first) {
    return NodeLight{u,
                     v,
                     u0,
                     v0,
                     g.data() + first,
                     g_s.data() + first,
                     g_shapes.data() + first,
                     n_evaluated,
                     law.n_shapes()};
  };
  const std::size_t n_sums = n_moments(law);
  if (is_few(rule, chunk)) {
    for_each_of_few(rule, chunk, s, evaluate, [&](std::size_t cell, std::size_t first) {
      const NodeLight nodes = node_light(rule.u.data(), rule.v.data(), chunk.u[cell], chunk.v[cell], first);
      const Moments moments = weighted_moments(nodes, rule.size(), rule.weight.data());
      for (std::size_t m = 0; m < n_sums; ++m) mean[m][cell] = moments[m];
    });
    return;
  }
  std::array<double*, kMaxMoments> sums{};
  for (std::size_t m = 0; m < n_sums; ++m) {
    std::fill_n(mean[m].begin(), chunk.count, 0.0);
    sums[m] = mean[m].data();
  }
  for_each_node(rule, chunk, s, evaluate, [&](std::size_t node, std::size_t first) {
    const NodeLight nodes = node_light(chunk.u.data(), chunk.v.data(), rule.u[node], rule.v[node], first);
    add_moments(nodes, chunk.count, rule.weight[node], sums);
  });
}

void add_to_pixels(const CellChunk& chunk, double scale, const CellLane& mean, ImageView image) {
  for (std::size_t k = 0; k < chunk.count; ++k) image.data()[chunk.pixel[k]] += scale * mean[k];
}

}  // namespace

void add_cells(const Plan& plan, const ProfileLight& light, ImageView image) {
  CellLane mean;
  for_each_cell_chunk(plan, light.frame, [&](const CellRule& rule, const CellChunk& chunk) {
    mean_light(light.law, rule, chunk, mean);
    add_to_pixels(chunk, light.flux * rule.area, mean, image);
  });
}

void add_cells_with_derivatives(const Plan& plan, const ProfileLight& light, std::span<const Moments> weights,
                                ImageView image, std::span<const ImageView> derivatives) {
  std::array<CellLane, kMaxMoments> mean;
  for_each_cell_chunk(plan, light.frame, [&](const CellRule& rule, const CellChunk& chunk) {
    mean_moments(light.law, rule, chunk, mean);
    add_to_pixels(chunk, light.flux * rule.area, mean[kFlux], image);
    for (std::size_t p = 0; p < weights.size(); ++p) {
      CellLane sum;
      std::fill_n(sum.begin(), chunk.count, 0.0);
      for (std::size_t m = 0; m < n_moments(light.law); ++m) {
        if (weights[p][m] != 0.0) add_scaled(mean[m].data(), chunk.count, weights[p][m], sum.data());
      }
      add_to_pixels(chunk, rule.area, sum, derivatives[p]);
    }
  });
}

void add_cell_adjoint(const Plan& plan, const ProfileLight& light, ConstImageView cotangent, Moments& sums) {
  std::array<CellLane, kMaxMoments> mean;
  CellLane at_cells;
  for_each_cell_chunk(plan, light.frame, [&](const CellRule& rule, const CellChunk& chunk) {
    mean_moments(light.law, rule, chunk, mean);
    for (std::size_t k = 0; k < chunk.count; ++k) at_cells[k] = cotangent.data()[chunk.pixel[k]];
    for (std::size_t m = 0; m < n_moments(light.law); ++m) {
      sums[m] += rule.area * dot(at_cells.data(), mean[m].data(), chunk.count);
    }
  });
}

void add_cell_bounds(const Plan& plan, const ProfileLight& light, ImageView bound) {
  const double scale = std::abs(light.flux);
  const double s_rounding = light.frame.s_rounding();
  const LeafErrors errors = cell_errors(plan, light.law, light.frame);
  CellRule rule;
  CellRule finer;
  CellLane mean;
  CellLane check;
  for (const CellBucket& bucket : plan.cell_buckets) {
    rule.set(bucket, light.frame, plan.grid.step, 0);
    finer.set(bucket, light.frame, plan.grid.step, kCheckOrders);
    std::size_t block = bucket.first;
    std::size_t of_block = 0;  // cells of this block that are done
    for_each_chunk(plan, bucket, light.frame, [&](const CellChunk& chunk) {
      mean_light(light.law, rule, chunk, mean);
      mean_light(light.law, finer, chunk, check);
      for (std::size_t k = 0; k < chunk.count; ++k) {
        const double difference = rule.area * std::abs(mean[k] - check[k]);
        const double rounding = rule.area * mean[k] * light.law.rounding(mean[k], s_rounding);
        const double truncation = std::min(errors.rule[block], difference + errors.check[block]);
        bound.data()[chunk.pixel[k]] += scale * (truncation + rounding);
        if (++of_block == plan.blocks[block].size()) {
          ++block;
          of_block = 0;
        }
      }
    });
  }
}

void clear_cells(const Plan& plan, ImageView image) {
  for (const CellBlock& block : plan.blocks) {
    for (int row = 0; row < block.ny; ++row) {
      std::fill_n(image.data() + block.pixel + row * plan.grid.shape.nx, block.nx, 0.0);
    }
  }
}

}  // namespace gaxel
