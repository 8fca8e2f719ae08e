#include "integrate/execute_tiles.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include "integrate/node_kernel.hpp"
#include "integrate/tile_kernel.hpp"

namespace gaxel {
namespace {

constexpr std::size_t kNodesAtOnce = 512;  // the nodes of small tiles are evaluated together

constexpr int kSharedPixels = 1024;  // tiles smaller than this seldom meet one of another component

// Memory that one bucket after the other uses.
struct Scratch {
  std::vector<double> offset_u;
  std::vector<double> offset_v;
  std::vector<double> s;
};

// The nodes of as many tiles of a bucket as are evaluated together.
class TileNodes {
 public:
  TileNodes(const TileBucket& bucket, const EllipseFrame& frame, const Grid& grid, int extra_orders,
            Scratch& scratch)
      : x_(tile_rule(bucket.side_x, bucket.order_x + extra_orders)),
        y_(tile_rule(bucket.side_y, bucket.order_y + extra_orders)),
        bucket_(bucket),
        frame_(frame),
        grid_(grid),
        size_(x_.nodes.size() * y_.nodes.size()),
        at_once_(std::max<std::size_t>(1, kNodesAtOnce / size_)),
        offset_u_(scratch.offset_u),
        offset_v_(scratch.offset_v),
        s_(scratch.s) {
    offset_u_.resize(size_);
    offset_v_.resize(size_);
    s_.resize(at_once_ * size_);
    std::size_t node = 0;
    for (const double node_y : y_.nodes) {
      for (const double node_x : x_.nodes) {
        offset_u_[node] = grid.step * (frame.a * node_x + frame.b * node_y);
        offset_v_[node] = grid.step * (frame.c * node_x + frame.d * node_y);
        ++node;
      }
    }
  }

  const TileRule& x() const { return x_; }
  const TileRule& y() const { return y_; }
  std::size_t size() const { return size_; }  ///< nodes of a tile
  std::size_t at_once() const { return at_once_; }

  // Writes s at the nodes of the tiles first, first + 1, ..., as many as are done at once and no more than
  // `most`; returns their number.
  std::size_t place(std::size_t first, std::size_t most = kNodesAtOnce) {
    const std::size_t count = std::min({most, at_once_, bucket_.row.size() - first});
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
    const double x = grid_.x0 + grid_.step * (bucket_.col[tile] + 0.5 * (bucket_.side_x - 1)) - frame_.x0;
    const double y = grid_.y0 + grid_.step * (bucket_.row[tile] + 0.5 * (bucket_.side_y - 1)) - frame_.y0;
    return {frame_.a * x + frame_.b * y, frame_.c * x + frame_.d * y};
  }
  std::vector<double>& s() { return s_; }
  double offset_u(std::size_t node) const { return offset_u_[node]; }
  double offset_v(std::size_t node) const { return offset_v_[node]; }

  TilePlace place_of(std::size_t tile) const {
    return {bucket_.row[tile], bucket_.col[tile], bucket_.side_x, bucket_.side_y, x_.order, y_.order};
  }

 private:
  const TileRule& x_;
  const TileRule& y_;
  const TileBucket& bucket_;
  const EllipseFrame& frame_;
  const Grid& grid_;
  std::size_t size_;
  std::size_t at_once_;
  std::vector<double>& offset_u_;  // of the nodes from the middle of their tile
  std::vector<double>& offset_v_;
  std::vector<double>& s_;
};

void count_tiles(const TileBucket& bucket, WorkCount& work) {
  const auto size = static_cast<std::size_t>(
      std::countr_zero(static_cast<unsigned>(std::max(bucket.side_x, bucket.side_y))));
  work.tiles_per_size.resize(std::max(work.tiles_per_size.size(), size + 1), 0);
  work.tiles_per_size[size] += std::ssize(bucket.row);
  work.n_evaluations += std::ssize(bucket.row) * bucket.order_x * bucket.order_y;
}

double pixel_area(const Plan& plan, const EllipseFrame& frame) {
  return plan.grid.step * plan.grid.step * frame.area_factor();
}

}  // namespace

void add_tiles(const Plan& plan, const RadialLaw& law, const EllipseFrame& frame, double flux,
               ImageView image, TileSums* sums, WorkCount& work) {
  const double scale = flux * pixel_area(plan, frame);
  Scratch scratch;
  for (const TileBucket& bucket : plan.tiles) {
    count_tiles(bucket, work);
    const bool share = sums != nullptr && bucket.side_x * bucket.side_y >= kSharedPixels;
    TileNodes nodes(bucket, frame, plan.grid, 0, scratch);
    for (std::size_t first = 0; first < bucket.row.size(); first += nodes.at_once()) {
      const std::size_t count = nodes.place(first);
      law.evaluate(nodes.s().data(), count * nodes.size(), nodes.s().data());
      for (std::size_t k = 0; k < count; ++k) {
        const TilePlace place = nodes.place_of(first + k);
        const double* values = nodes.s().data() + k * nodes.size();
        if (share) {
          sums->add(place, values, scale);
        } else {
          expand_on_band(place, values, scale, plan.band, Write::kAdd, image);
        }
      }
    }
  }
}

void add_tiles_with_derivatives(const Plan& plan, const RadialLaw& law, const EllipseFrame& frame,
                                double flux, std::span<const Moments> weights, ImageView image,
                                std::span<const ImageView> derivatives, WorkCount& work) {
  const double area = pixel_area(plan, frame);
  Scratch scratch;
  std::vector<double> g;
  std::vector<double> g_s;
  std::vector<double> g_shape;
  std::vector<double> derivative;
  for (const TileBucket& bucket : plan.tiles) {
    count_tiles(bucket, work);
    TileNodes nodes(bucket, frame, plan.grid, 0, scratch);
    for (std::vector<double>* values : {&g, &g_s, &g_shape, &derivative}) values->resize(nodes.s().size());
    for (std::size_t first = 0; first < bucket.row.size(); first += nodes.at_once()) {
      const std::size_t count = nodes.place(first);
      const std::size_t n = count * nodes.size();
      law.evaluate_with_partials(nodes.s().data(), n, g.data(), g_s.data(), g_shape.data());
      const auto expand_all = [&](const std::vector<double>& values, double scale, Write write,
                                  ImageView to) {
        for (std::size_t k = 0; k < count; ++k) {
          expand_on_band(nodes.place_of(first + k), values.data() + k * nodes.size(), scale, plan.band, write,
                         to);
        }
      };
      expand_all(g, flux * area, Write::kAdd, image);
      for (std::size_t p = 0; p < weights.size(); ++p) {
        const Moments& w = weights[p];
        for (std::size_t tile = 0; tile < count; ++tile) {
          const auto middle = nodes.middle_of(first + tile);
          for (std::size_t node = 0; node < nodes.size(); ++node) {
            const std::size_t k = tile * nodes.size() + node;
            const double u = middle.u + nodes.offset_u(node);
            const double v = middle.v + nodes.offset_v(node);
            derivative[k] =
                w[kFlux] * g[k] + w[kShape] * g_shape[k] +
                g_s[k] * (w[kU] * u + w[kV] * v + w[kUU] * u * u + w[kVV] * v * v + w[kUV] * u * v);
          }
        }
        expand_all(derivative, area, Write::kReplace, derivatives[p]);
      }
    }
  }
}

void add_tile_bounds(const Plan& plan, const RadialLaw& law, const EllipseFrame& frame, double scale,
                     ImageView bound) {
  const double area = pixel_area(plan, frame);
  Image mean({kMaxTileSide, kMaxTileSide});
  Image check({kMaxTileSide, kMaxTileSide});
  Scratch scratch;
  Scratch finer_scratch;
  for (const TileBucket& bucket : plan.tiles) {
    TileNodes nodes(bucket, frame, plan.grid, 0, scratch);
    TileNodes finer(bucket, frame, plan.grid, kTileCheckOrders, finer_scratch);
    const double amplification = lebesgue_bound(bucket.order_x) * lebesgue_bound(bucket.order_y);
    for (std::size_t tile = 0; tile < bucket.row.size(); ++tile) {
      const Shape covered = covered_by(nodes.place_of(tile), plan.band, bound.nx());
      double largest = 0.0;
      const auto expand = [&](TileNodes& from, Image& to) {
        from.place(tile, 1);
        law.evaluate(from.s().data(), from.size(), from.s().data());
        largest = std::max(largest, *std::max_element(from.s().begin(), from.s().begin() + from.size()));
        expand_tile(from.x(), from.y(), from.s().data(), 1.0, covered.ny, covered.nx, Write::kReplace,
                    to.data(), to.nx());
      };
      expand(nodes, mean);
      expand(finer, check);
      const double rounding = area * largest * law.rounding(largest) * amplification;
      for (int row = 0; row < covered.ny; ++row) {
        for (int col = 0; col < covered.nx; ++col) {
          const double difference = area * std::abs(mean(row, col) - check(row, col));
          const double truncation =
              std::min(double{bucket.prior[tile]}, difference + bucket.check_prior[tile]);
          bound(bucket.row[tile] + row, bucket.col[tile] + col) += scale * (truncation + rounding);
        }
      }
    }
  }
}

}  // namespace gaxel
