#include "integrate/execute_cells.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "base/stop_scopes.hpp"
#include "gaxel/quadrature.hpp"
#include "integrate/leaf_errors.hpp"
#include "integrate/node_kernel.hpp"

namespace gaxel {
namespace {

constexpr std::size_t kChunk = 256;  // cells at a time: their nodes stay in the first cache
constexpr std::size_t kFewCells = 16;
using Lane = std::array<double, kChunk>;

// The tensor rule of a bucket's cells, as offsets from a cell's centre in the (u, v) plane. One object serves
// one bucket after the other.
struct CellRule {
  std::vector<double> u;
  std::vector<double> v;
  std::vector<double> weight;  // of the mean
  double area = 0.0;           // of a cell in the (u, v) plane

  void set(const CellBucket& bucket, const EllipseFrame& f, double step, int extra_orders) {
    const QuadratureRule& rule_x = gauss_legendre(bucket.orders.x + extra_orders);
    const QuadratureRule& rule_y = gauss_legendre(bucket.orders.y + extra_orders);
    const double hx = std::ldexp(0.5 * step, -bucket.level_x);
    const double hy = std::ldexp(0.5 * step, -bucket.level_y);
    area = 4.0 * hx * hy * f.area_factor();
    const std::size_t n = rule_x.size() * rule_y.size();
    u.resize(n);
    v.resize(n);
    weight.resize(n);
    tensor_offsets({hx * f.a, hy * f.b, hx * f.c, hy * f.d}, rule_x.nodes.data(), rule_x.size(),
                   rule_y.nodes.data(), rule_y.size(), u.data(), v.data());
    double* to = weight.data();
    for (const double weight_y : rule_y.weights) {
      for (const double weight_x : rule_x.weights) *to++ = 0.25 * weight_x * weight_y;
    }
  }

  std::size_t size() const { return weight.size(); }
};

// Up to kChunk cells of a bucket, their centres in the (u, v) plane.
struct Chunk {
  std::size_t count = 0;
  Lane u;
  Lane v;
  std::array<std::int32_t, kChunk> pixel;

  // s at node number `node` of every cell.
  void squared_radii(const CellRule& rule, std::size_t node, double* s) const {
    shifted_radii(u.data(), v.data(), count, rule.u[node], rule.v[node], s);
  }
};

// Calls work(chunk) for the cells of a bucket, chunk by chunk.
template <class Work>
void for_each_chunk(const Plan& plan, const CellBucket& bucket, const EllipseFrame& f, Work&& work) {
  Chunk chunk;
  for (std::size_t b = bucket.first; b < bucket.first + bucket.count; ++b) {
    const CellBlock& block = plan.blocks[b];
    for (int row = 0; row < block.ny; ++row) {
      for (int col = 0; col < block.nx; ++col) {
        const double dx = block.x + col * plan.grid.step - f.x0;
        const double dy = block.y + row * plan.grid.step - f.y0;
        chunk.u[chunk.count] = f.a * dx + f.b * dy;
        chunk.v[chunk.count] = f.c * dx + f.d * dy;
        chunk.pixel[chunk.count] = block.pixel + row * plan.grid.shape.nx + col;
        if (++chunk.count == kChunk) {
          stop_if_wanted();
          work(chunk);
          chunk.count = 0;
        }
      }
    }
  }
  if (chunk.count > 0) work(chunk);
}

// Calls work(rule, chunk) for all cells of a plan.
template <class Work>
void for_each_cell_chunk(const Plan& plan, const EllipseFrame& frame, Work&& work) {
  CellRule rule;
  for (const CellBucket& bucket : plan.cell_buckets) {
    rule.set(bucket, frame, plan.grid.step, 0);
    for_each_chunk(plan, bucket, frame, [&](const Chunk& chunk) { work(rule, chunk); });
  }
}

// Cells too few to fill vectors: the vectors run over the nodes of each.
bool is_few(const CellRule& rule, const Chunk& chunk) {
  return chunk.count < kFewCells && rule.size() > chunk.count && rule.size() <= kChunk;
}

// Calls work(cell, first) for each cell, with s at its nodes in s[first], s[first + 1], ...: at most kChunk
// nodes between two calls of prepare(n), which tells that n are in place.
template <class Prepare, class Work>
void for_each_of_few(const CellRule& rule, const Chunk& chunk, Lane& s, Prepare&& prepare, Work&& work) {
  const std::size_t n = rule.size();
  const std::size_t at_once = kChunk / n;
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
void for_each_node(const CellRule& rule, const Chunk& chunk, Lane& s, Prepare&& prepare, Work&& work) {
  const std::size_t at_once = kChunk / chunk.count;
  for (std::size_t first = 0; first < rule.size(); first += at_once) {
    const std::size_t n = std::min(at_once, rule.size() - first);
    for (std::size_t k = 0; k < n; ++k) chunk.squared_radii(rule, first + k, s.data() + k * chunk.count);
    prepare(n * chunk.count);
    for (std::size_t k = 0; k < n; ++k) work(first + k, k * chunk.count);
  }
}

// Means of g over the cells of a chunk.
void mean_light(const RadialLaw& law, const CellRule& rule, const Chunk& chunk, Lane& mean) {
  Lane s;
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
void mean_moments(const RadialLaw& law, const CellRule& rule, const Chunk& chunk,
                  std::array<Lane, kMaxMoments>& mean) {
  Lane s;
  Lane g;
  Lane g_s;
  std::array<double, kMaxShapes * kChunk> g_shapes;
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

void add_to_pixels(const Chunk& chunk, double scale, const Lane& mean, ImageView image) {
  for (std::size_t k = 0; k < chunk.count; ++k) image.data()[chunk.pixel[k]] += scale * mean[k];
}

}  // namespace

void add_cells(const Plan& plan, const ProfileLight& light, ImageView image) {
  Lane mean;
  for_each_cell_chunk(plan, light.frame, [&](const CellRule& rule, const Chunk& chunk) {
    mean_light(light.law, rule, chunk, mean);
    add_to_pixels(chunk, light.flux * rule.area, mean, image);
  });
}

void add_cells_with_derivatives(const Plan& plan, const ProfileLight& light, std::span<const Moments> weights,
                                ImageView image, std::span<const ImageView> derivatives) {
  std::array<Lane, kMaxMoments> mean;
  for_each_cell_chunk(plan, light.frame, [&](const CellRule& rule, const Chunk& chunk) {
    mean_moments(light.law, rule, chunk, mean);
    add_to_pixels(chunk, light.flux * rule.area, mean[kFlux], image);
    for (std::size_t p = 0; p < weights.size(); ++p) {
      Lane sum;
      std::fill_n(sum.begin(), chunk.count, 0.0);
      for (std::size_t m = 0; m < n_moments(light.law); ++m) {
        if (weights[p][m] != 0.0) add_scaled(mean[m].data(), chunk.count, weights[p][m], sum.data());
      }
      add_to_pixels(chunk, rule.area, sum, derivatives[p]);
    }
  });
}

void add_cell_adjoint(const Plan& plan, const ProfileLight& light, ConstImageView cotangent, Moments& sums) {
  std::array<Lane, kMaxMoments> mean;
  Lane at_cells;
  for_each_cell_chunk(plan, light.frame, [&](const CellRule& rule, const Chunk& chunk) {
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
  Lane mean;
  Lane check;
  for (const CellBucket& bucket : plan.cell_buckets) {
    rule.set(bucket, light.frame, plan.grid.step, 0);
    finer.set(bucket, light.frame, plan.grid.step, kCheckOrders);
    std::size_t block = bucket.first;
    std::size_t of_block = 0;  // cells of this block that are done
    for_each_chunk(plan, bucket, light.frame, [&](const Chunk& chunk) {
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
