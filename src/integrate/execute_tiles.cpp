#include "integrate/execute_tiles.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/stop_scopes.hpp"
#include "integrate/leaf_errors.hpp"
#include "integrate/node_kernel.hpp"
#include "integrate/tile_kernel.hpp"

namespace gaxel {
namespace {

constexpr std::size_t kNodesAtOnce = 512;  // the nodes of small tiles are evaluated together

// Memory that one bucket after the other uses.
struct Scratch {
  std::vector<double> offset_u;
  std::vector<double> offset_v;
  std::vector<double> s;
  std::vector<double> g;
  std::vector<double> g_s;
  std::vector<double> g_shapes;
};

// The nodes of as many tiles of a bucket as are evaluated together.
class TileNodes {
 public:
  // With `orders` nodes, as many as the plan wants or more.
  TileNodes(const Plan& plan, const TileBucket& bucket, const EllipseFrame& frame, const Orders& orders,
            Scratch& scratch)
      : x_(tile_rule(bucket.side_x, orders.x)),
        y_(tile_rule(bucket.side_y, orders.y)),
        bucket_(bucket),
        tiles_(plan.tiles.data() + bucket.first),
        frame_(frame),
        grid_(plan.grid),
        size_(x_.nodes.size() * y_.nodes.size()),
        at_once_(std::max<std::size_t>(1, kNodesAtOnce / size_)),
        offset_u_(scratch.offset_u),
        offset_v_(scratch.offset_v),
        s_(scratch.s) {
    offset_u_.resize(size_);
    offset_v_.resize(size_);
    s_.resize(at_once_ * size_);
    const double step = grid_.step;
    tensor_offsets({step * frame.a, step * frame.b, step * frame.c, step * frame.d}, x_.nodes.data(),
                   x_.nodes.size(), y_.nodes.data(), y_.nodes.size(), offset_u_.data(), offset_v_.data());
  }

  const TileRule& x() const { return x_; }
  const TileRule& y() const { return y_; }
  std::size_t size() const { return size_; }  ///< nodes of a tile
  std::size_t at_once() const { return at_once_; }

  // Writes s at the nodes of the tiles first, first + 1, ..., as many as are done at once and no more than
  // `most`; returns their number.
  std::size_t place(std::size_t first, std::size_t most = kNodesAtOnce) {
    const std::size_t count = std::min({most, at_once_, bucket_.count - first});
    for (std::size_t k = 0; k < count; ++k) {
      const Middle middle = middle_of(first + k);
      shifted_radii(offset_u_.data(), offset_v_.data(), size_, middle.u, middle.v, s_.data() + k * size_);
    }
    return count;
  }

  // The coordinates that place() did not keep: u and v of a node of a tile.
  struct Middle {
    double u;
    double v;
  };
  Middle middle_of(std::size_t tile) const {
    const double x = grid_.x0 + grid_.step * (tiles_[tile].col + 0.5 * (bucket_.side_x - 1)) - frame_.x0;
    const double y = grid_.y0 + grid_.step * (tiles_[tile].row + 0.5 * (bucket_.side_y - 1)) - frame_.y0;
    return {frame_.a * x + frame_.b * y, frame_.c * x + frame_.d * y};
  }
  std::vector<double>& s() { return s_; }
  const double* offset_u() const { return offset_u_.data(); }
  const double* offset_v() const { return offset_v_.data(); }

  TilePlace place_of(std::size_t tile) const {
    return {tiles_[tile].row, tiles_[tile].col, bucket_.side_x, bucket_.side_y, x_.order, y_.order};
  }

 private:
  const TileRule& x_;
  const TileRule& y_;
  const TileBucket& bucket_;
  const Tile* tiles_;
  const EllipseFrame& frame_;
  const Grid& grid_;
  std::size_t size_;
  std::size_t at_once_;
  std::vector<double>& offset_u_;  // of the nodes from the middle of their tile
  std::vector<double>& offset_v_;
  std::vector<double>& s_;
};

// Calls work(place, light at the nodes, number of nodes) for every tile of a plan.
template <class Work>
void for_each_tile_with_partials(const Plan& plan, const ProfileLight& light, Scratch& scratch, Work&& work) {
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
  Scratch scratch;
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
  Scratch scratch;
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
  Scratch scratch;
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
  Scratch scratch;
  Scratch finer_scratch;
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
