// The nodes of the tiles of a plan.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "integrate/node_kernel.hpp"
#include "integrate/plan.hpp"
#include "integrate/tile_rule.hpp"
#include "integrate/tile_sums.hpp"

namespace gaxel {

/// The nodes of small tiles are evaluated together, up to so many.
inline constexpr std::size_t kNodesAtOnce = 512;

/// Memory that one bucket after the other uses.
struct TileScratch {
  std::vector<double> offset_u;
  std::vector<double> offset_v;
  std::vector<double> s;
  std::vector<double> g;
  std::vector<double> g_s;
  std::vector<double> g_shapes;
};

/// The nodes of as many tiles of a bucket as are evaluated together. All arguments are kept by reference.
class TileNodes {
 public:
  /// With `orders` nodes, as many as the plan wants or more.
  TileNodes(const Plan& plan, const TileBucket& bucket, const EllipseFrame& frame, const Orders& orders,
            TileScratch& scratch)
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

  /// Writes s at the nodes of the tiles first, first + 1, ..., as many as are done at once and no more than
  /// `most`; returns their number.
  std::size_t place(std::size_t first, std::size_t most = kNodesAtOnce) {
    const std::size_t count = std::min({most, at_once_, bucket_.count - first});
    for (std::size_t k = 0; k < count; ++k) {
      const Middle middle = middle_of(first + k);
      shifted_radii(offset_u_.data(), offset_v_.data(), size_, middle.u, middle.v, s_.data() + k * size_);
    }
    return count;
  }

  /// The coordinates that place() did not keep: u and v of a node of a tile.
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

}  // namespace gaxel
