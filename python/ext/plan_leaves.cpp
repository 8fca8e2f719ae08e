#include "plan_leaves.hpp"

#include <algorithm>
#include <cmath>

#include "integrate/surface_nodes.hpp"

namespace gaxel::python {

nb::tuple pair_of(Shape shape) {
  return nb::make_tuple(shape.ny, shape.nx);
}

nb::dict grid_of(const Grid& grid) {
  nb::dict result;
  result["shape"] = pair_of(grid.shape);
  result["x0"] = grid.x0;
  result["y0"] = grid.y0;
  result["step"] = grid.step;
  return result;
}

namespace {

template <class Use>
void for_each_block(const Plan& plan, const CellBucket& bucket, const Use& use) {
  for (std::size_t i = bucket.first; i < bucket.first + bucket.count; ++i) use(plan.blocks[i]);
}

bool is_crossed(const Surface& surface, const CellPlace& place) {
  const double x = place.x - surface.x0();
  const double y = place.y - surface.y0();
  return surface.crosses_edge({x, y, place.half_x, place.half_y});
}

}  // namespace

void Leaves::add_tiles(const Plan& plan) {
  for (const TileBucket& bucket : plan.tile_buckets) {
    Tiles& tiles = tiles_[{bucket.side_x, bucket.side_y, bucket.orders.x, bucket.orders.y}];
    for (std::size_t i = bucket.first; i < bucket.first + bucket.count; ++i) {
      tiles.row.push_back(plan.tiles[i].row);
      tiles.col.push_back(plan.tiles[i].col);
      tiles.end_row.push_back(plan.band.end());
    }
  }
}

Cells& Leaves::cells_of(const CellBucket& bucket) {
  return cells_[{bucket.level_x, bucket.level_y, bucket.orders.x, bucket.orders.y}];
}

void Leaves::add(const Plan& plan) {
  add_tiles(plan);
  for (const CellBucket& bucket : plan.cell_buckets) {
    for_each_block(plan, bucket, [&](const CellBlock& block) {
      Cells& cells = cells_of(bucket);
      for (int row = 0; row < block.ny; ++row) {
        for (int col = 0; col < block.nx; ++col) {
          cells.add(block.pixel + row * plan.grid.shape.nx + col, block.x + col * plan.grid.step,
                    block.y + row * plan.grid.step);
        }
      }
    });
  }
  cusps_.insert(cusps_.end(), plan.cusp_pixels.begin(), plan.cusp_pixels.end());
}

void Leaves::add(const SurfacePlan& plan, const Surface& surface, int extra) {
  add_tiles(plan.cells);
  NodeSet nodes;
  for (const CellBucket& bucket : plan.cells.cell_buckets) {
    for_each_block(plan.cells, bucket, [&](const CellBlock& block) {
      const CellPlace place = place_of(block, bucket, plan.cells.grid.step);
      if (!is_crossed(surface, place)) {
        cells_of(bucket).add(block.pixel, block.x, block.y);
        return;
      }
      cell_nodes(surface, place, bucket.orders.x + extra, nodes);
      for (std::size_t i = 0; i < nodes.size(); ++i) {
        crossed_.pixel.push_back(block.pixel);
        crossed_.x.push_back(surface.x0() + nodes.dx[i]);
        crossed_.y.push_back(surface.y0() + nodes.dy[i]);
        crossed_.weight.push_back(nodes.weight[i]);
      }
    });
  }
  wedges_.centre = {surface.x0(), surface.y0()};
  for (const Wedge& wedge : plan.wedges) {
    const WedgeSide side = wedge_side(surface, pixel_box(plan.cells.grid, wedge.pixel), wedge.side);
    wedge_nodes(surface, side, wedge, wedge.order + extra, nodes);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      wedges_.pixel.push_back(wedge.pixel);
      wedges_.dx.push_back(nodes.dx[i]);
      wedges_.dy.push_back(nodes.dy[i]);
      wedges_.per_area.push_back(nodes.per_area[i]);
      wedges_.reach.push_back(nodes.reach[i]);
      wedges_.area.push_back(side.area);
      wedges_.along_x.push_back(side.along[0]);
      wedges_.along_y.push_back(side.along[1]);
    }
  }
}

nb::dict Leaves::arrays(const Grid& grid) {
  nb::dict result;
  result["grid"] = grid_of(grid);
  nb::list tiles;
  for (auto& [key, bucket] : tiles_) {
    nb::dict one;
    one["side"] = nb::make_tuple(key[1], key[0]);
    one["orders"] = nb::make_tuple(key[3], key[2]);
    one["row"] = to_numpy(std::move(bucket.row));
    one["col"] = to_numpy(std::move(bucket.col));
    one["end_row"] = to_numpy(std::move(bucket.end_row));
    tiles.append(one);
  }
  result["tiles"] = tiles;
  nb::list cells;
  for (auto& [key, bucket] : cells_) {
    nb::dict one;
    one["half"] = nb::make_tuple(std::ldexp(0.5 * grid.step, -key[1]), std::ldexp(0.5 * grid.step, -key[0]));
    one["orders"] = nb::make_tuple(key[3], key[2]);
    one["pixel"] = to_numpy(std::move(bucket.pixel));
    one["x"] = to_numpy(std::move(bucket.x));
    one["y"] = to_numpy(std::move(bucket.y));
    cells.append(one);
  }
  result["cells"] = cells;
  result["cusps"] = to_numpy(std::move(cusps_));
  nb::dict crossed;
  crossed["pixel"] = to_numpy(std::move(crossed_.pixel));
  crossed["x"] = to_numpy(std::move(crossed_.x));
  crossed["y"] = to_numpy(std::move(crossed_.y));
  crossed["weight"] = to_numpy(std::move(crossed_.weight));
  result["crossed"] = crossed;
  nb::dict wedges;
  wedges["centre"] = nb::make_tuple(wedges_.centre[0], wedges_.centre[1]);
  wedges["pixel"] = to_numpy(std::move(wedges_.pixel));
  wedges["dx"] = to_numpy(std::move(wedges_.dx));
  wedges["dy"] = to_numpy(std::move(wedges_.dy));
  wedges["weight"] = to_numpy(std::move(wedges_.per_area));
  wedges["reach"] = to_numpy(std::move(wedges_.reach));
  wedges["area"] = to_numpy(std::move(wedges_.area));
  wedges["along_x"] = to_numpy(std::move(wedges_.along_x));
  wedges["along_y"] = to_numpy(std::move(wedges_.along_y));
  result["wedges"] = wedges;
  return result;
}

}  // namespace gaxel::python
