// The nodes of the cells of a plan.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/stop_scopes.hpp"
#include "gaxel/quadrature.hpp"
#include "integrate/node_kernel.hpp"
#include "integrate/plan.hpp"

namespace gaxel {

/// Cells at a time: their nodes stay in the first cache.
inline constexpr std::size_t kChunkCells = 256;
using CellLane = std::array<double, kChunkCells>;

/// The tensor rule of a bucket's cells, as offsets from a cell's centre in the (u, v) plane. One object
/// serves one bucket after the other.
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

/// Up to kChunkCells cells of a bucket, their centres in the (u, v) plane.
struct CellChunk {
  std::size_t count = 0;
  CellLane u;
  CellLane v;
  std::array<std::int32_t, kChunkCells> pixel;

  /// s at node number `node` of every cell.
  void squared_radii(const CellRule& rule, std::size_t node, double* s) const {
    shifted_radii(u.data(), v.data(), count, rule.u[node], rule.v[node], s);
  }
};

/// Calls work(chunk) for the cells of a bucket, chunk by chunk.
template <class Work>
void for_each_chunk(const Plan& plan, const CellBucket& bucket, const EllipseFrame& f, Work&& work) {
  CellChunk chunk;
  for (std::size_t b = bucket.first; b < bucket.first + bucket.count; ++b) {
    const CellBlock& block = plan.blocks[b];
    for (int row = 0; row < block.ny; ++row) {
      for (int col = 0; col < block.nx; ++col) {
        const double dx = block.x + col * plan.grid.step - f.x0;
        const double dy = block.y + row * plan.grid.step - f.y0;
        chunk.u[chunk.count] = f.a * dx + f.b * dy;
        chunk.v[chunk.count] = f.c * dx + f.d * dy;
        chunk.pixel[chunk.count] = block.pixel + row * plan.grid.shape.nx + col;
        if (++chunk.count == kChunkCells) {
          stop_if_wanted();
          work(chunk);
          chunk.count = 0;
        }
      }
    }
  }
  if (chunk.count > 0) work(chunk);
}

/// Calls work(rule, chunk) for all cells of a plan.
template <class Work>
void for_each_cell_chunk(const Plan& plan, const EllipseFrame& frame, Work&& work) {
  CellRule rule;
  for (const CellBucket& bucket : plan.cell_buckets) {
    rule.set(bucket, frame, plan.grid.step, 0);
    for_each_chunk(plan, bucket, frame, [&](const CellChunk& chunk) { work(rule, chunk); });
  }
}

}  // namespace gaxel
