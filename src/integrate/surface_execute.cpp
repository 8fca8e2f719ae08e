#include "integrate/surface_execute.hpp"

#include <algorithm>
#include <cmath>

#include "base/stop_scopes.hpp"
#include "integrate/surface_deposit.hpp"
#include "integrate/surface_nodes.hpp"

namespace gaxel {
namespace {

// Calls tile(place, nodes) and part(pixel, nodes, side) for all leaves of a plan; side is null for cells.
// Cells and wedges have `more` nodes a direction than planned.
template <class OnTile, class OnPart>
void for_each_leaf(const SurfacePlan& plan, const Surface& surface, int more, const OnTile& on_tile,
                   const OnPart& on_part) {
  const Grid& grid = plan.cells.grid;
  NodeSet nodes;
  for (const TileBucket& bucket : plan.cells.tile_buckets) {
    for (std::size_t i = bucket.first; i < bucket.first + bucket.count; ++i) {
      stop_if_wanted();
      const Tile& tile = plan.cells.tiles[i];
      tile_nodes(surface, grid, tile, bucket.side_x, bucket.side_y, bucket.orders, nodes);
      on_tile(TilePlace{tile.row, tile.col, bucket.side_x, bucket.side_y, bucket.orders.x, bucket.orders.y},
              nodes);
    }
  }
  for (const CellBucket& bucket : plan.cells.cell_buckets) {
    for (std::size_t i = bucket.first; i < bucket.first + bucket.count; ++i) {
      stop_if_wanted();
      const CellBlock& block = plan.cells.blocks[i];
      cell_nodes(surface, place_of(block, bucket, grid.step), bucket.orders.x + more, nodes);
      on_part(block.pixel, nodes, nullptr);
    }
  }
  for (const Wedge& wedge : plan.wedges) {
    stop_if_wanted();
    const WedgeSide side = wedge_side(surface, pixel_box(grid, wedge.pixel), wedge.side);
    wedge_nodes(surface, side, wedge, wedge.order + more, nodes);
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

  // Calls moved(k, values, along x) for the wanted centre: what the nodes of a wedge move by, times their
  // light.
  template <class Moved>
  void for_each_moved(const NodeSet& nodes, const Moved& moved) {
    for (std::size_t k = 0; k < wanted_.size(); ++k) {
      const bool along_x = is_centre(k, surface_.x_like());
      if (!along_x && !is_centre(k, surface_.y_like())) continue;
      moved_.resize(light_.size());
      for (std::size_t i = 0; i < light_.size(); ++i) {
        moved_[i] = surface_.scale() * (1.0 - nodes.reach[i]) * light_[i];
      }
      moved(k, moved_.data(), along_x);
    }
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
  std::vector<double> moved_;
};

template <class Deposit>
void draw(const SurfacePlan& plan, const Surface& surface, double scale, ImageView image) {
  const double area = plan.cells.grid.step * plan.cells.grid.step;
  Deposit deposit(plan.cells, surface);
  std::vector<double> light;
  const auto evaluate = [&](const NodeSet& nodes) {
    light.resize(nodes.size());
    surface.evaluate(nodes.dx.data(), nodes.dy.data(), nodes.size(), light.data());
  };
  for_each_leaf(
      plan, surface, extra_nodes(Deposit::kDrawing),
      [&](const TilePlace& place, const NodeSet& nodes) {
        evaluate(nodes);
        deposit.add_tile(place, light.data(), scale * area, image);
      },
      [&](std::int32_t pixel, const NodeSet& nodes, const WedgeSide* /*side*/) {
        evaluate(nodes);
        for (std::size_t i = 0; i < light.size(); ++i) light[i] *= nodes.weight[i];
        deposit.enter(pixel, nodes);
        deposit.add(light.data(), scale, image);
      });
}

template <class Deposit>
void draw_with_derivatives(const SurfacePlan& plan, const Surface& surface,
                           std::span<const std::size_t> wanted, ImageView image,
                           std::span<const ImageView> derivatives) {
  const double area = plan.cells.grid.step * plan.cells.grid.step;
  Deposit deposit(plan.cells, surface);
  Derivatives found(surface, wanted);
  for_each_leaf(
      plan, surface, extra_nodes(Deposit::kDrawing),
      [&](const TilePlace& place, const NodeSet& nodes) {
        found.find(nodes);
        deposit.add_tile(place, found.light().data(), surface.scale() * area, image);
        for (std::size_t k = 0; k < wanted.size(); ++k) {
          deposit.add_tile(place, found.row(k), area, derivatives[k]);
        }
      },
      [&](std::int32_t pixel, const NodeSet& nodes, const WedgeSide* side) {
        found.find_weighted(nodes, side);
        deposit.enter(pixel, nodes);
        deposit.add(found.light().data(), surface.scale(), image);
        for (std::size_t k = 0; k < wanted.size(); ++k) deposit.add(found.row(k), 1.0, derivatives[k]);
        if constexpr (Deposit::kDrawing == Drawing::kSplines) {
          if (side == nullptr) return;
          found.for_each_moved(nodes, [&](std::size_t k, const double* values, bool along_x) {
            deposit.add_moved(values, along_x, derivatives[k]);
          });
        }
      });
}

template <class Deposit>
void gather(const SurfacePlan& plan, const Surface& surface, std::span<const std::size_t> wanted,
            ConstImageView cotangent, double* gradient) {
  const double area = plan.cells.grid.step * plan.cells.grid.step;
  Deposit deposit(plan.cells, surface);
  Derivatives found(surface, wanted);
  std::vector<double> at_nodes;
  for_each_leaf(
      plan, surface, extra_nodes(Deposit::kDrawing),
      [&](const TilePlace& place, const NodeSet& nodes) {
        found.find(nodes);
        at_nodes.resize(nodes.size());
        deposit.gather_tile(place, cotangent, at_nodes.data());
        for (std::size_t k = 0; k < wanted.size(); ++k) {
          double sum = 0.0;
          for (std::size_t i = 0; i < at_nodes.size(); ++i) sum += at_nodes[i] * found.row(k)[i];
          gradient[k] += area * sum;
        }
      },
      [&](std::int32_t pixel, const NodeSet& nodes, const WedgeSide* side) {
        found.find_weighted(nodes, side);
        deposit.enter(pixel, nodes);
        for (std::size_t k = 0; k < wanted.size(); ++k)
          gradient[k] += deposit.gather(found.row(k), cotangent);
        if constexpr (Deposit::kDrawing == Drawing::kSplines) {
          if (side == nullptr) return;
          found.for_each_moved(nodes, [&](std::size_t k, const double* values, bool along_x) {
            gradient[k] += deposit.gather_moved(values, along_x, cotangent);
          });
        }
      });
}

}  // namespace

void execute_surface(const SurfacePlan& plan, const Surface& surface, double scale, Drawing drawing,
                     ImageView image) {
  if (drawing == Drawing::kPixels) {
    draw<PixelDeposit>(plan, surface, scale, image);
  } else {
    draw<SplineDeposit>(plan, surface, scale, image);
  }
}

void execute_surface_with_derivatives(const SurfacePlan& plan, const Surface& surface,
                                      std::span<const std::size_t> wanted, Drawing drawing, ImageView image,
                                      std::span<const ImageView> derivatives) {
  if (drawing == Drawing::kPixels) {
    draw_with_derivatives<PixelDeposit>(plan, surface, wanted, image, derivatives);
  } else {
    draw_with_derivatives<SplineDeposit>(plan, surface, wanted, image, derivatives);
  }
}

void execute_surface_adjoint(const SurfacePlan& plan, const Surface& surface,
                             std::span<const std::size_t> wanted, Drawing drawing, ConstImageView cotangent,
                             double* gradient) {
  if (drawing == Drawing::kPixels) {
    gather<PixelDeposit>(plan, surface, wanted, cotangent, gradient);
  } else {
    gather<SplineDeposit>(plan, surface, wanted, cotangent, gradient);
  }
}

std::int64_t count_wedge_nodes(const SurfacePlan& plan) {
  std::int64_t n = 0;
  for (const Wedge& wedge : plan.wedges) n += wedge.order * wedge.order;
  return n;
}

}  // namespace gaxel
