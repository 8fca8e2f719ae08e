#include "integrate/execute.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "gaxel/quadrature.hpp"
#include "integrate/cusp.hpp"
#include "integrate/execute_tiles.hpp"
#include "integrate/node_kernel.hpp"

namespace gaxel {
namespace {

constexpr std::size_t kChunk = 256;  // cells at a time: their nodes stay in the first cache
constexpr std::size_t kFewCells = 16;
using Lane = std::array<double, kChunk>;

// The tensor rule of a bucket's cells, as offsets from a cell's centre in the (u, v) plane.
struct CellRule {
  std::vector<double> u;
  std::vector<double> v;
  std::vector<double> weight;  // of the mean
  double area;                 // of a cell in the (u, v) plane

  CellRule(const CellBucket& bucket, const EllipseFrame& f, double step, int extra_orders) {
    const QuadratureRule& rule_x = gauss_legendre(bucket.order_x + extra_orders);
    const QuadratureRule& rule_y = gauss_legendre(bucket.order_y + extra_orders);
    const double hx = std::ldexp(0.5 * step, -bucket.level_x);
    const double hy = std::ldexp(0.5 * step, -bucket.level_y);
    area = 4.0 * hx * hy * f.area_factor();
    const std::size_t n = rule_x.size() * rule_y.size();
    u.resize(n);
    v.resize(n);
    weight.resize(n);
    std::size_t node = 0;
    for (std::size_t j = 0; j < rule_y.nodes.size(); ++j) {
      for (std::size_t i = 0; i < rule_x.nodes.size(); ++i) {
        const double dx = hx * rule_x.nodes[i];
        const double dy = hy * rule_y.nodes[j];
        u[node] = f.a * dx + f.b * dy;
        v[node] = f.c * dx + f.d * dy;
        weight[node] = 0.25 * rule_x.weights[i] * rule_y.weights[j];
        ++node;
      }
    }
  }

  std::size_t size() const { return weight.size(); }
};

// Up to kChunk cells of a bucket, their centres in the (u, v) plane.
struct Chunk {
  std::size_t first;
  std::size_t count;
  Lane u;
  Lane v;

  Chunk(const CellBucket& bucket, const EllipseFrame& f, std::size_t begin)
      : first(begin), count(std::min(kChunk, bucket.x.size() - begin)) {
    for (std::size_t k = 0; k < count; ++k) {
      const double dx = bucket.x[first + k] - f.x0;
      const double dy = bucket.y[first + k] - f.y0;
      u[k] = f.a * dx + f.b * dy;
      v[k] = f.c * dx + f.d * dy;
    }
  }

  // s at node number `node` of every cell.
  void squared_radii(const CellRule& rule, std::size_t node, double* s) const {
    shifted_radii(u.data(), v.data(), count, rule.u[node], rule.v[node], s);
  }
};

// For cells too few to fill vectors: the vectors run over the nodes.
void mean_light_of_few(const RadialLaw& law, const CellRule& rule, const Chunk& chunk, Lane& mean) {
  Lane s;
  const std::size_t n = rule.size();
  const std::size_t at_once = kChunk / n;
  for (std::size_t first = 0; first < chunk.count; first += at_once) {
    const std::size_t last = std::min(first + at_once, chunk.count);
    for (std::size_t cell = first; cell < last; ++cell) {
      shifted_radii(rule.u.data(), rule.v.data(), n, chunk.u[cell], chunk.v[cell],
                    s.data() + (cell - first) * n);
    }
    law.evaluate(s.data(), (last - first) * n, s.data());
    for (std::size_t cell = first; cell < last; ++cell) {
      mean[cell] = dot(rule.weight.data(), s.data() + (cell - first) * n, n);
    }
  }
}

// Means of g over the cells of a chunk; the nodes of few cells are evaluated several at a time.
void mean_light(const RadialLaw& law, const CellRule& rule, const Chunk& chunk, Lane& mean) {
  if (chunk.count < kFewCells && rule.size() > chunk.count && rule.size() <= kChunk) {
    mean_light_of_few(law, rule, chunk, mean);
    return;
  }
  Lane s;
  std::fill_n(mean.begin(), chunk.count, 0.0);
  const std::size_t at_once = kChunk / chunk.count;
  for (std::size_t first = 0; first < rule.size(); first += at_once) {
    const std::size_t n = std::min(at_once, rule.size() - first);
    for (std::size_t node = 0; node < n; ++node) {
      chunk.squared_radii(rule, first + node, s.data() + node * chunk.count);
    }
    law.evaluate(s.data(), n * chunk.count, s.data());
    for (std::size_t node = 0; node < n; ++node) {
      add_scaled(s.data() + node * chunk.count, chunk.count, rule.weight[first + node], mean.data());
    }
  }
}

void mean_moments(const RadialLaw& law, const CellRule& rule, const Chunk& chunk,
                  std::array<Lane, kNumMoments>& mean) {
  Lane s;
  Lane g;
  Lane g_s;
  Lane g_shape;
  for (Lane& lane : mean) {
    std::fill_n(lane.begin(), chunk.count, 0.0);
  }
  const std::size_t at_once = kChunk / chunk.count;
  for (std::size_t first = 0; first < rule.size(); first += at_once) {
    const std::size_t n = std::min(at_once, rule.size() - first);
    for (std::size_t node = 0; node < n; ++node) {
      chunk.squared_radii(rule, first + node, s.data() + node * chunk.count);
    }
    law.evaluate_with_partials(s.data(), n * chunk.count, g.data(), g_s.data(), g_shape.data());
    for (std::size_t i = 0; i < n; ++i) {
      const double weight = rule.weight[first + i];
      const std::size_t base = i * chunk.count;
      for (std::size_t k = 0; k < chunk.count; ++k) {
        const double u = chunk.u[k] + rule.u[first + i];
        const double v = chunk.v[k] + rule.v[first + i];
        const double slope = weight * g_s[base + k];
        mean[kFlux][k] += weight * g[base + k];
        mean[kU][k] += slope * u;
        mean[kV][k] += slope * v;
        mean[kUU][k] += slope * u * u;
        mean[kVV][k] += slope * v * v;
        mean[kUV][k] += slope * u * v;
        mean[kShape][k] += weight * g_shape[base + k];
      }
    }
  }
}

Box pixel_box(const Grid& grid, std::int32_t pixel) {
  const double x = grid.x0 + (pixel % grid.shape.nx) * grid.step;
  const double y = grid.y0 + (pixel / grid.shape.nx) * grid.step;
  const double half = 0.5 * grid.step;
  return {x - half, x + half, y - half, y + half};
}

void count_cells(const CellBucket& bucket, WorkCount& work) {
  const auto level = static_cast<std::size_t>(std::max(bucket.level_x, bucket.level_y));
  if (work.cells_per_level.size() <= level) {
    work.cells_per_level.resize(level + 1, 0);
  }
  const auto cells = static_cast<std::int64_t>(bucket.pixel.size());
  work.cells_per_level[level] += cells;
  work.n_evaluations += cells * bucket.order_x * bucket.order_y;
}

// The pixels that cells and cusps add to.
void clear_outside_tiles(const Plan& plan, ImageView image) {
  for (const CellBucket& bucket : plan.cells) {
    for (const std::int32_t pixel : bucket.pixel) image.data()[pixel] = 0.0;
  }
  for (const std::int32_t pixel : plan.cusp_pixels) image.data()[pixel] = 0.0;
}

}  // namespace

WorkCount execute(const Plan& plan, const RadialLaw& law, const EllipseFrame& frame, double flux,
                  ImageView image, TileSums* sums) {
  WorkCount work;
  add_tiles(plan, law, frame, flux, image, sums, work);
  for (const CellBucket& bucket : plan.cells) {
    count_cells(bucket, work);
    const CellRule rule(bucket, frame, plan.grid.step, 0);
    Lane mean;
    for (std::size_t first = 0; first < bucket.pixel.size(); first += kChunk) {
      const Chunk chunk(bucket, frame, first);
      mean_light(law, rule, chunk, mean);
      for (std::size_t k = 0; k < chunk.count; ++k) {
        image.data()[bucket.pixel[first + k]] += flux * rule.area * mean[k];
      }
    }
  }
  for (const std::int32_t pixel : plan.cusp_pixels) {
    const Moments moments = cusp_moments(law, frame, pixel_box(plan.grid, pixel), false, work.n_evaluations);
    image.data()[pixel] += flux * moments[kFlux];
    ++work.n_cusps;
  }
  return work;
}

WorkCount execute_with_derivatives(const Plan& plan, const RadialLaw& law, const EllipseFrame& frame,
                                   double flux, std::span<const LightParameter> parameters, ImageView image,
                                   std::span<const ImageView> derivatives) {
  WorkCount work;
  std::vector<Moments> weights;
  for (const LightParameter parameter : parameters) {
    weights.push_back(derivative_weights(frame, flux, parameter));
  }
  add_tiles_with_derivatives(plan, law, frame, flux, weights, image, derivatives, work);
  for (const ImageView& derivative : derivatives) clear_outside_tiles(plan, derivative);
  std::array<Lane, kNumMoments> mean;
  for (const CellBucket& bucket : plan.cells) {
    count_cells(bucket, work);
    const CellRule rule(bucket, frame, plan.grid.step, 0);
    for (std::size_t first = 0; first < bucket.pixel.size(); first += kChunk) {
      const Chunk chunk(bucket, frame, first);
      mean_moments(law, rule, chunk, mean);
      for (std::size_t k = 0; k < chunk.count; ++k) {
        image.data()[bucket.pixel[first + k]] += flux * rule.area * mean[kFlux][k];
      }
      for (std::size_t p = 0; p < weights.size(); ++p) {
        Lane sum;
        std::fill_n(sum.begin(), chunk.count, 0.0);
        for (std::size_t m = 0; m < kNumMoments; ++m) {
          const double weight = rule.area * weights[p][m];
          if (weight != 0.0) {
            for (std::size_t k = 0; k < chunk.count; ++k) {
              sum[k] += weight * mean[m][k];
            }
          }
        }
        double* to = derivatives[p].data();
        for (std::size_t k = 0; k < chunk.count; ++k) {
          to[bucket.pixel[first + k]] += sum[k];
        }
      }
    }
  }
  for (const std::int32_t pixel : plan.cusp_pixels) {
    const Moments moments = cusp_moments(law, frame, pixel_box(plan.grid, pixel), true, work.n_evaluations);
    image.data()[pixel] += flux * moments[kFlux];
    for (std::size_t p = 0; p < weights.size(); ++p) {
      double sum = 0.0;
      for (std::size_t m = 0; m < kNumMoments; ++m) {
        sum += weights[p][m] * moments[m];
      }
      derivatives[p].data()[pixel] += sum;
    }
    ++work.n_cusps;
  }
  return work;
}

void add_error_bound(const Plan& plan, const RadialLaw& law, const EllipseFrame& frame, double flux,
                     ImageView bound) {
  if (!plan.with_priors) throw std::logic_error("a plan without priors has no bounds");
  const double scale = std::abs(flux);
  add_tile_bounds(plan, law, frame, scale, bound);
  Lane mean;
  Lane check;
  for (const CellBucket& bucket : plan.cells) {
    const CellRule rule(bucket, frame, plan.grid.step, 0);
    const CellRule finer(bucket, frame, plan.grid.step, kCheckOrders);
    for (std::size_t first = 0; first < bucket.pixel.size(); first += kChunk) {
      const Chunk chunk(bucket, frame, first);
      mean_light(law, rule, chunk, mean);
      mean_light(law, finer, chunk, check);
      for (std::size_t k = 0; k < chunk.count; ++k) {
        const std::size_t cell = first + k;
        const double difference = rule.area * std::abs(mean[k] - check[k]);
        const double rounding = rule.area * mean[k] * law.rounding(mean[k]);
        const double truncation = std::min(double{bucket.prior[cell]}, difference + bucket.check_prior[cell]);
        bound.data()[bucket.pixel[cell]] += scale * (truncation + rounding);
      }
    }
  }
  for (const std::int32_t pixel : plan.cusp_pixels) {
    bound.data()[pixel] += scale * kCuspError;
  }
}

}  // namespace gaxel
