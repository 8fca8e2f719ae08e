// The leaves of a component's plans as arrays.
#pragma once

#include <nanobind/nanobind.h>

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "bindings.hpp"
#include "integrate/surface_plan.hpp"

namespace gaxel::python {

/// Tiles of one size and rule.
struct Tiles {
  std::vector<std::int32_t> row;
  std::vector<std::int32_t> col;
  std::vector<std::int32_t> end_row;  ///< pixels from this row on are not theirs
};

/// Cells of one size and rule.
struct Cells {
  std::vector<std::int32_t> pixel;
  std::vector<double> x;
  std::vector<double> y;

  void add(std::int32_t cell_pixel, double cell_x, double cell_y) {
    pixel.push_back(cell_pixel);
    x.push_back(cell_x);
    y.push_back(cell_y);
  }
};

/// Nodes that are known one by one.
struct Nodes {
  std::vector<std::int32_t> pixel;
  std::vector<double> x;
  std::vector<double> y;
  std::vector<double> weight;
};

/// Nodes of wedges for a centre at `centre`: of one that moves by (dx, dy) they move by 1 - reach of that,
/// and have weights per_area * (area - along_y dx + along_x dy).
struct WedgeNodes {
  std::array<double, 2> centre{};
  std::vector<std::int32_t> pixel;
  std::vector<double> dx;  ///< from the centre
  std::vector<double> dy;
  std::vector<double> reach;
  std::vector<double> per_area;
  std::vector<double> area;
  std::vector<double> along_x;
  std::vector<double> along_y;
};

/// The leaves of the plans of all bands, by size and rule.
class Leaves {
 public:
  void add(const Plan& plan);
  /// `extra`: nodes a direction that rules get beyond the plan's, where they are known one by one.
  void add(const SurfacePlan& plan, const Surface& surface, int extra);

  /// {"grid", "tiles": one for each size and rule, "cells", "cusps", "crossed", "wedges"}; uses them up.
  nb::dict arrays(const Grid& grid);

 private:
  using Key = std::array<int, 4>;  // sides or levels, and orders: x, y, x, y

  void add_tiles(const Plan& plan);
  Cells& cells_of(const CellBucket& bucket);

  std::map<Key, Tiles> tiles_;
  std::map<Key, Cells> cells_;
  std::vector<std::int32_t> cusps_;
  Nodes crossed_;
  WedgeNodes wedges_;
};

nb::tuple pair_of(Shape shape);  ///< (ny, nx)
nb::dict grid_of(const Grid& grid);

}  // namespace gaxel::python
