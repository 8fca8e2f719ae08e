#include "integrate/leaf_errors.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "integrate/log_tolerance.hpp"
#include "integrate/tile_rule.hpp"

namespace gaxel {
namespace {

bool is_part(const CellBucket& bucket) {
  return bucket.level_x > 0 || bucket.level_y > 0;
}

// The whole pixel that a cell lies in.
CellGroup pixel_of(const Plan& plan, const CellBlock& block) {
  const int nx = plan.grid.shape.nx;
  return cell_group(plan.grid, plan.grid.x0 + plan.grid.step * (block.pixel % nx),
                    plan.grid.y0 + plan.grid.step * (block.pixel / nx), 1, 1, 0, 0);
}

// A tile or a block of cells, and the bucket that it belongs to.
template <class Bucket>
struct Leaf {
  const Bucket* bucket;
  std::size_t index;
};

// Calls work(leaves) for the leaves of all buckets, as many at a time as are bounded together.
template <class Bucket, class Work>
void in_batches(const std::vector<Bucket>& buckets, Work&& work) {
  std::array<Leaf<Bucket>, kGroupsAtOnce> batch;
  std::size_t n = 0;
  for (const Bucket& bucket : buckets) {
    for (std::size_t i = bucket.first; i < bucket.first + bucket.count; ++i) {
      batch[n++] = {&bucket, i};
      if (n == kGroupsAtOnce) {
        work(std::span<const Leaf<Bucket>>(batch));
        n = 0;
      }
    }
  }
  if (n > 0) work(std::span<const Leaf<Bucket>>(batch.data(), n));
}

CellGroup group_of(const Plan& plan, const Leaf<TileBucket>& leaf) {
  return tile_group(plan.grid, plan.tiles[leaf.index], leaf.bucket->side_x, leaf.bucket->side_y);
}

CellGroup group_of(const Plan& plan, const Leaf<CellBucket>& leaf) {
  const CellBlock& block = plan.blocks[leaf.index];
  return cell_group(plan.grid, block.x, block.y, block.nx, block.ny, leaf.bucket->level_x,
                    leaf.bucket->level_y);
}

void set_rule(GroupBounds& bounds, std::size_t i, const TileBucket& bucket, int extra_orders) {
  bounds.set_interpolation(i, {bucket.orders.x + extra_orders, bucket.orders.y + extra_orders});
}

void set_rule(GroupBounds& bounds, std::size_t i, const CellBucket& bucket, int extra_orders) {
  bounds.set_quadrature(i, {bucket.orders.x + extra_orders, bucket.orders.y + extra_orders});
}

template <class Bucket>
void bound_leaves(const Plan& plan, std::span<const Leaf<Bucket>> leaves, GroupBounds& bounds) {
  bounds.clear();
  for (const Leaf<Bucket>& leaf : leaves) bounds.add(group_of(plan, leaf));
  bounds.evaluate();
}

template <class Bucket>
LeafErrors leaf_errors(const Plan& plan, const std::vector<Bucket>& buckets, std::size_t n_leaves,
                       int check_orders, GroupBounds& bounds) {
  LeafErrors errors{std::vector<double>(n_leaves), std::vector<double>(n_leaves)};
  in_batches(buckets, [&](std::span<const Leaf<Bucket>> leaves) {
    bound_leaves(plan, leaves, bounds);
    const auto find = [&](int extra, std::vector<double>& to) {
      for (std::size_t i = 0; i < leaves.size(); ++i) set_rule(bounds, i, *leaves[i].bucket, extra);
      bounds.find_errors();
      for (std::size_t i = 0; i < leaves.size(); ++i) to[leaves[i].index] = bounds.error(i);
    };
    find(0, errors.rule);
    find(check_orders, errors.check);
  });
  return errors;
}

void want(GroupBounds& bounds, std::size_t i, const TileBucket&, double log_error) {
  bounds.want_interpolation(i, log_error);
}

void want(GroupBounds& bounds, std::size_t i, const CellBucket&, double log_error) {
  bounds.want_quadrature(i, log_error);
}

// By how much a rule's error may exceed the largest light, as a logarithm.
double log_amplification(const TileBucket& bucket) {
  return std::log(interpolation_amplification(bucket.orders.x, bucket.orders.y));
}

double log_amplification(const CellBucket&) {
  return 0.0;  // a mean of values of one sign
}

// Whether the rules of all leaves have as many nodes as they need; log_min(i) tells ln g at the faintest
// place of the pixels of leaf i of a batch.
template <class Bucket, class Prepare, class LogMin>
bool all_hold(const Plan& plan, const std::vector<Bucket>& buckets, const LogTolerance& tolerance,
              GroupBounds& bounds, Prepare&& prepare, LogMin&& log_min) {
  bool hold = true;
  in_batches(buckets, [&](std::span<const Leaf<Bucket>> leaves) {
    if (!hold) return;
    bound_leaves(plan, leaves, bounds);
    prepare(leaves);
    std::array<double, kGroupsAtOnce> log_tolerance;
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      log_tolerance[i] = tolerance.at(log_min(i));
      want(bounds, i, *leaves[i].bucket, log_tolerance[i]);
    }
    bounds.find_orders();
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      const Orders& made = leaves[i].bucket->orders;
      const Orders needed = bounds.orders(i);
      hold &= (needed.x <= made.x && needed.y <= made.y) ||
              is_nothing(bounds.log_max(i) + log_amplification(*leaves[i].bucket), log_tolerance[i]);
    }
  });
  return hold;
}

}  // namespace

LeafErrors tile_errors(const Plan& plan, const RadialLaw& law, const EllipseFrame& frame) {
  GroupBounds bounds(law, frame);
  LeafErrors errors = leaf_errors(plan, plan.tile_buckets, plan.tiles.size(), kTileCheckOrders, bounds);
  const double area = pixel_area(plan.grid, frame);
  for (double& error : errors.rule) error *= area;
  for (double& error : errors.check) error *= area;
  return errors;
}

LeafErrors cell_errors(const Plan& plan, const RadialLaw& law, const EllipseFrame& frame) {
  GroupBounds bounds(law, frame);
  LeafErrors errors = leaf_errors(plan, plan.cell_buckets, plan.blocks.size(), kCheckOrders, bounds);
  for (const CellBucket& bucket : plan.cell_buckets) {
    const double area = std::ldexp(pixel_area(plan.grid, frame), -bucket.level_x - bucket.level_y);
    for (std::size_t i = bucket.first; i < bucket.first + bucket.count; ++i) {
      errors.rule[i] *= area;
      errors.check[i] *= area;
    }
  }
  return errors;
}

bool still_holds(const Plan& plan, const RadialLaw& law, const EllipseFrame& frame,
                 const PixelTolerance& tolerance) {
  GroupBounds bounds(law, frame);
  const LogTolerance log_tolerance(tolerance, pixel_area(plan.grid, frame));
  const bool tiles_hold = all_hold(
      plan, plan.tile_buckets, log_tolerance, bounds, [](const auto&) {},
      [&](std::size_t i) { return bounds.log_min(i); });
  if (!tiles_hold) return false;
  GroupBounds pixels(law, frame);
  // A cell's share of its pixel's tolerance is that of the area: means are compared, with the pixel's
  // faintest place.
  bool parts = false;
  const auto bound_pixels = [&](std::span<const Leaf<CellBucket>> leaves) {
    parts = std::ranges::any_of(leaves, [](const auto& leaf) { return is_part(*leaf.bucket); });
    if (!parts) return;
    pixels.clear();
    for (const auto& leaf : leaves) {
      pixels.add(is_part(*leaf.bucket) ? pixel_of(plan, plan.blocks[leaf.index]) : group_of(plan, leaf));
    }
    pixels.evaluate();
  };
  return all_hold(plan, plan.cell_buckets, log_tolerance, bounds, bound_pixels,
                  [&](std::size_t i) { return parts ? pixels.log_min(i) : bounds.log_min(i); });
}

}  // namespace gaxel
