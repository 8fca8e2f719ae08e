#include "integrate/surface_execute.hpp"

#include <algorithm>
#include <cmath>

#include "integrate/surface_nodes.hpp"
#include "integrate/tile_sums.hpp"

namespace gaxel {
namespace {

// Calls tile(place, nodes) and part(pixel, nodes, side) for all leaves of a plan; side is null for cells.
template <class OnTile, class OnPart>
void for_each_leaf(const SurfacePlan& plan, const Surface& surface, const OnTile& on_tile,
                   const OnPart& on_part) {
  const Grid& grid = plan.cells.grid;
  NodeSet nodes;
  for (const TileBucket& bucket : plan.cells.tile_buckets) {
    for (std::size_t i = bucket.first; i < bucket.first + bucket.count; ++i) {
      const Tile& tile = plan.cells.tiles[i];
      tile_nodes(surface, grid, tile, bucket.side_x, bucket.side_y, bucket.orders, nodes);
      on_tile(TilePlace{tile.row, tile.col, bucket.side_x, bucket.side_y, bucket.orders.x, bucket.orders.y},
              nodes);
    }
  }
  for (const CellBucket& bucket : plan.cells.cell_buckets) {
    for (std::size_t i = bucket.first; i < bucket.first + bucket.count; ++i) {
      const CellBlock& block = plan.cells.blocks[i];
      cell_nodes(surface, place_of(block, bucket, grid.step), bucket.orders.x, nodes);
      on_part(block.pixel, nodes, nullptr);
    }
  }
  for (const Wedge& wedge : plan.wedges) {
    const WedgeSide side = wedge_side(surface, pixel_box(grid, wedge.pixel), wedge.side);
    wedge_nodes(surface, side, wedge, wedge.order, nodes);
    on_part(wedge.pixel, nodes, &side);
  }
}

// The light at nodes and what is asked of its derivatives. Nodes of wedges move with the centre, so that what
// they see of it is a light that moves less, and weights that change.
class Derivatives {
 public:
  Derivatives(const Surface& surface, std::span<const std::size_t> wanted)
      : surface_(surface), wanted_(wanted), rows_(wanted.begin(), wanted.end()) {
    for (const auto like : {surface.x_like(), surface.y_like()}) {
      rows_.insert(rows_.end(), like.begin(), like.end());
    }
  }

  // At nodes that stay where they are.
  void find(const NodeSet& nodes) {
    light_.resize(nodes.size());
    partials_.resize(nodes.size() * wanted_.size());
    surface_.evaluate_with_partials(nodes.dx.data(), nodes.dy.data(), nodes.size(), wanted_, light_.data(),
                                    partials_.data());
  }

  // Times the weights of a cell or wedge.
  void find_weighted(const NodeSet& nodes, const WedgeSide* side) {
    const std::size_t n = nodes.size();
    light_.resize(n);
    partials_.resize(n * rows_.size());
    const std::span<const std::size_t> rows = side == nullptr ? wanted_ : rows_;
    surface_.evaluate_with_partials(nodes.dx.data(), nodes.dy.data(), n, rows, light_.data(),
                                    partials_.data());
    if (side != nullptr) move_with_centre(nodes, *side);
    for (std::size_t k = 0; k < wanted_.size(); ++k) {
      const bool centre =
          side != nullptr && (is_centre(k, surface_.x_like()) || is_centre(k, surface_.y_like()));
      if (centre) continue;
      for (std::size_t i = 0; i < n; ++i) partials_[k * n + i] *= nodes.weight[i];
    }
    for (std::size_t i = 0; i < n; ++i) light_[i] *= nodes.weight[i];
  }

  const std::vector<double>& light() const { return light_; }
  const double* row(std::size_t k) const { return partials_.data() + k * light_.size(); }
  double sum(std::size_t k) const {
    double sum = 0.0;
    for (std::size_t i = 0; i < light_.size(); ++i) sum += row(k)[i];
    return sum;
  }

 private:
  // Only the surface's own centre moves the nodes.
  bool is_centre(std::size_t k, std::span<const std::size_t> like) const {
    return wanted_[k] == like.front();
  }

  void move_with_centre(const NodeSet& nodes, const WedgeSide& side) {
    const std::size_t n = nodes.size();
    const std::size_t first_x = wanted_.size();
    const std::size_t first_y = first_x + surface_.x_like().size();
    for (std::size_t k = 0; k < wanted_.size(); ++k) {
      const bool x = is_centre(k, surface_.x_like());
      const bool y = is_centre(k, surface_.y_like());
      if (!x && !y) continue;
      const std::size_t first = x ? first_x : first_y;
      const std::size_t count = x ? surface_.x_like().size() : surface_.y_like().size();
      // d(area)/dx0 = -along_y, d(area)/dy0 = along_x.
      const double d_area = x ? -side.along[1] : side.along[0];
      for (std::size_t i = 0; i < n; ++i) {
        double others = 0.0;  // what moves the light, but not the nodes
        for (std::size_t j = 1; j < count; ++j) others += partials_[(first + j) * n + i];
        double& own = partials_[k * n + i];
        own = nodes.weight[i] * (nodes.reach[i] * own - (1.0 - nodes.reach[i]) * others) +
              d_area * nodes.per_area[i] * surface_.scale() * light_[i];
      }
    }
  }

  const Surface& surface_;
  std::span<const std::size_t> wanted_;
  std::vector<std::size_t> rows_;  // wanted, and what moves the light along x and along y
  std::vector<double> light_;
  std::vector<double> partials_;
};

}  // namespace

void execute_surface(const SurfacePlan& plan, const Surface& surface, double scale, ImageView image) {
  const double area = plan.cells.grid.step * plan.cells.grid.step;
  std::vector<double> light;
  const auto evaluate = [&](const NodeSet& nodes) {
    light.resize(nodes.size());
    surface.evaluate(nodes.dx.data(), nodes.dy.data(), nodes.size(), light.data());
  };
  for_each_leaf(
      plan, surface,
      [&](const TilePlace& place, const NodeSet& nodes) {
        evaluate(nodes);
        expand_on_band(place, light.data(), scale * area, plan.cells.band, Write::kAdd, image);
      },
      [&](std::int32_t pixel, const NodeSet& nodes, const WedgeSide* /*side*/) {
        evaluate(nodes);
        double sum = 0.0;
        for (std::size_t i = 0; i < light.size(); ++i) sum += nodes.weight[i] * light[i];
        image.data()[pixel] += scale * sum;
      });
}

void execute_surface_with_derivatives(const SurfacePlan& plan, const Surface& surface,
                                      std::span<const std::size_t> wanted, ImageView image,
                                      std::span<const ImageView> derivatives) {
  const Band& band = plan.cells.band;
  const double area = plan.cells.grid.step * plan.cells.grid.step;
  Derivatives found(surface, wanted);
  for_each_leaf(
      plan, surface,
      [&](const TilePlace& place, const NodeSet& nodes) {
        found.find(nodes);
        expand_on_band(place, found.light().data(), surface.scale() * area, band, Write::kAdd, image);
        for (std::size_t k = 0; k < wanted.size(); ++k) {
          expand_on_band(place, found.row(k), area, band, Write::kAdd, derivatives[k]);
        }
      },
      [&](std::int32_t pixel, const NodeSet& nodes, const WedgeSide* side) {
        found.find_weighted(nodes, side);
        double sum = 0.0;
        for (const double part : found.light()) sum += part;
        image.data()[pixel] += surface.scale() * sum;
        for (std::size_t k = 0; k < wanted.size(); ++k) derivatives[k].data()[pixel] += found.sum(k);
      });
}

void execute_surface_adjoint(const SurfacePlan& plan, const Surface& surface,
                             std::span<const std::size_t> wanted, ConstImageView cotangent,
                             double* gradient) {
  const double area = plan.cells.grid.step * plan.cells.grid.step;
  Derivatives found(surface, wanted);
  std::vector<double> at_nodes;
  for_each_leaf(
      plan, surface,
      [&](const TilePlace& place, const NodeSet& nodes) {
        found.find(nodes);
        at_nodes.resize(nodes.size());
        contract_from_band(place, plan.cells.band, cotangent, at_nodes.data());
        for (std::size_t k = 0; k < wanted.size(); ++k) {
          double sum = 0.0;
          for (std::size_t i = 0; i < at_nodes.size(); ++i) sum += at_nodes[i] * found.row(k)[i];
          gradient[k] += area * sum;
        }
      },
      [&](std::int32_t pixel, const NodeSet& nodes, const WedgeSide* side) {
        found.find_weighted(nodes, side);
        for (std::size_t k = 0; k < wanted.size(); ++k) {
          gradient[k] += cotangent.data()[pixel] * found.sum(k);
        }
      });
}

std::int64_t count_wedge_nodes(const SurfacePlan& plan) {
  std::int64_t n = 0;
  for (const Wedge& wedge : plan.wedges) n += wedge.order * wedge.order;
  return n;
}

}  // namespace gaxel
