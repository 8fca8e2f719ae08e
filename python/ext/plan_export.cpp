// A prepared model taken apart into arrays: what gaxel._executor computes images from without the core.
#include <fmt/format.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "bindings.hpp"
#include "gaxel/error.hpp"
#include "integrate/drawing.hpp"
#include "integrate/hankel_rule.hpp"
#include "integrate/surface_nodes.hpp"
#include "integrate/tile_rule.hpp"
#include "render/fading.hpp"
#include "render/lights.hpp"
#include "render/parts.hpp"
#include "render/setting.hpp"

namespace gaxel::python {
namespace {

/// A component that is no sum, and which of the model's values its values are (-1: a constant).
struct Flat {
  Component component;
  std::size_t owner;  ///< the model's component
  std::vector<std::ptrdiff_t> sources;
};

std::vector<Flat> flattened(const std::vector<Component>& list) {
  std::vector<Flat> flat;
  std::vector<std::size_t> places(list.size(), 0);  // of truncations, which are no sums
  std::ptrdiff_t first = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Component& component = list[i];
    places[i] = flat.size();
    if (component.kind->family == Family::kSum) {
      for (const ComponentShare& part : component.kind->parts(component)) {
        std::vector<std::ptrdiff_t> sources;
        for (const int source : part.sources) sources.push_back(source < 0 ? -1 : first + source);
        flat.push_back({part.component, i, sources});
        flat.back().component.psf = component.psf;
      }
    } else {
      std::vector<std::ptrdiff_t> sources;
      for (std::size_t k = 0; k < component.values.size(); ++k) {
        sources.push_back(first + static_cast<std::ptrdiff_t>(k));
      }
      flat.push_back({component, i, sources});
    }
    first += static_cast<std::ptrdiff_t>(component.values.size());
  }
  for (Flat& one : flat) {
    for (auto* cuts : {&one.component.inner, &one.component.outer}) {
      for (std::size_t& cut : *cuts) cut = places.at(cut);
    }
  }
  return flat;
}

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
  void add(const Plan& plan) {
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

  void add(const SurfacePlan& plan, const Surface& surface, int extra) {
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

  nb::dict arrays(const Grid& grid) {
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
      one["half"] =
          nb::make_tuple(std::ldexp(0.5 * grid.step, -key[1]), std::ldexp(0.5 * grid.step, -key[0]));
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

 private:
  using Key = std::array<int, 4>;  // sides or levels, and orders: x, y, x, y

  void add_tiles(const Plan& plan) {
    for (const TileBucket& bucket : plan.tile_buckets) {
      Tiles& tiles = tiles_[{bucket.side_x, bucket.side_y, bucket.orders.x, bucket.orders.y}];
      for (std::size_t i = bucket.first; i < bucket.first + bucket.count; ++i) {
        tiles.row.push_back(plan.tiles[i].row);
        tiles.col.push_back(plan.tiles[i].col);
        tiles.end_row.push_back(plan.band.end());
      }
    }
  }

  template <class Use>
  static void for_each_block(const Plan& plan, const CellBucket& bucket, const Use& use) {
    for (std::size_t i = bucket.first; i < bucket.first + bucket.count; ++i) use(plan.blocks[i]);
  }

  Cells& cells_of(const CellBucket& bucket) {
    return cells_[{bucket.level_x, bucket.level_y, bucket.orders.x, bucket.orders.y}];
  }

  static bool is_crossed(const Surface& surface, const CellPlace& place) {
    const double x = place.x - surface.x0();
    const double y = place.y - surface.y0();
    return surface.crosses_edge({x, y, place.half_x, place.half_y});
  }

  std::map<Key, Tiles> tiles_;
  std::map<Key, Cells> cells_;
  std::vector<std::int32_t> cusps_;
  Nodes crossed_;
  WedgeNodes wedges_;
};

nb::dict table_of(const ComplexTable& table) {
  std::vector<double> re;
  std::vector<double> im;
  for (std::size_t i = 0; i < table.n_rows(); ++i) {
    const ConstComplexRow row = table.row(i);
    re.insert(re.end(), row.re, row.re + table.n_columns());
    im.insert(im.end(), row.im, row.im + table.n_columns());
  }
  nb::dict result;
  result["re"] = to_numpy(std::move(re));
  result["im"] = to_numpy(std::move(im));
  return result;
}

nb::dict convolver_arrays(const Convolver& convolver) {
  const Convolver::Response& response = convolver.response();
  nb::dict result;
  result["padded"] = pair_of(convolver.padded());
  result["grid"] = grid_of(convolver.model_grid());
  result["highest"] = convolver.highest_frequency();
  result["kx"] = to_numpy(std::vector<double>(response.kx));
  result["ky"] = to_numpy(std::vector<double>(response.ky));
  result["used"] = to_numpy(std::vector<std::int64_t>(response.used.begin(), response.used.end()));
  result["transfer"] = table_of(response.values);
  result["point_transfer"] = table_of(convolver.point_response());
  return result;
}

/// The convolvers of a group, each once.
class Convolvers {
 public:
  std::size_t add(const Convolver& convolver) {
    const auto known = std::ranges::find(convolvers_, &convolver);
    if (known != convolvers_.end()) return static_cast<std::size_t>(known - convolvers_.begin());
    convolvers_.push_back(&convolver);
    return convolvers_.size() - 1;
  }
  nb::list arrays() const {
    nb::list result;
    for (const Convolver* convolver : convolvers_) result.append(convolver_arrays(*convolver));
    return result;
  }

 private:
  std::vector<const Convolver*> convolvers_;
};

nb::dict split_arrays(const SplitLight& split, const Setting& setting, Convolvers& convolvers) {
  nb::dict result;
  const Convolver& convolver = setting.profiles->convolver_for(split);
  result["convolver"] = convolvers.add(convolver);
  result["needed"] = grid_of(split.needed());
  result["fade_x"] = to_numpy(std::vector<double>(split.fade_x()));
  result["fade_y"] = to_numpy(std::vector<double>(split.fade_y()));
  const HankelTable* table = split.table();
  result["has_table"] = table != nullptr;
  result["has_samples"] = split.has_samples(convolver.padded());
  if (table == nullptr) return result;
  result["has_wings"] = table->has_wings();
  result["radius"] = table->radius();
  result["n_panels"] = table->n_panels();
  result["log2_panels"] = table->log2_panels();
  return result;
}

nb::dict drawn_arrays(const Setting& setting, const Psf& psf, Convolvers& convolvers) {
  const DrawnProfiles& drawn = setting.drawn();
  const int margin = rings(psf) ? kFadingMargin * drawn.cells_per_pixel() : 0;
  nb::dict result;
  result["convolver"] = convolvers.add(drawn.convolver());
  result["grid"] = grid_of(drawn.grid());
  result["cells_per_pixel"] = drawn.cells_per_pixel();
  result["fade_x"] = to_numpy(fading(drawn.grid().shape.nx, margin));
  result["fade_y"] = to_numpy(fading(drawn.grid().shape.ny, margin));
  return result;
}

const char* name_of(Family family) {
  switch (family) {
    case Family::kElliptical:
      return "elliptical";
    case Family::kSurface:
      return "surface";
    case Family::kImage:
      return "image";
    case Family::kPoint:
      return "point";
    case Family::kTruncation:
      return "truncation";
    case Family::kSum:
      return "sum";
    case Family::kSky:
      return "sky";
  }
  return "";
}

nb::dict component_arrays(const Flat& flat) {
  const Component& component = flat.component;
  nb::dict result;
  result["kind"] = std::string(component.kind->name);
  result["base"] = std::string(component.kind->base().name);
  result["family"] = name_of(component.kind->family);
  result["owner"] = flat.owner;
  result["brightness_radius"] = component.kind->brightness_radius;
  nb::list names;
  for (const ParameterSpec& spec : component.kind->parameters) names.append(std::string(spec.name));
  result["parameters"] = names;
  result["sources"] = std::vector<std::ptrdiff_t>(flat.sources);
  result["values"] = std::vector<double>(component.values);
  result["inner"] = std::vector<std::size_t>(component.inner);
  result["outer"] = std::vector<std::size_t>(component.outer);
  return result;
}

/// The components that are seen through one PSF, as the renderer of that PSF sees them.
nb::dict group_arrays(const std::vector<Flat>& members, Shape shape, const std::optional<Psf>& psf,
                      const RenderOptions& options) {
  const Setting setting(shape, psf, options);
  std::vector<Component> components;
  for (const Flat& member : members) components.push_back(member.component);
  const std::vector<Part> parts = parts_of(components, {}, "prepare");
  const Lights lights(setting, components, parts, nullptr);
  const auto plan = lights.prepare(nullptr);
  Convolvers convolvers;
  if (psf) convolvers.add(*setting.convolver);
  nb::list list;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    nb::dict one = component_arrays(members[i]);
    const Part& part = parts[i];
    if (part.family() == Family::kElliptical) {
      if (const SplitLight* split = lights.split(part)) {
        one["split"] = split_arrays(*split, setting, convolvers);
      } else {
        Leaves leaves;
        for (const Plan& band : plan->elliptical[part.light]->bands) leaves.add(band);
        one["leaves"] = leaves.arrays(setting.light_grid());
      }
    } else if (part.family() == Family::kSurface) {
      Leaves leaves;
      const int extra = extra_nodes(setting.surface_drawing());
      for (const SurfacePlan& band : plan->surfaces[part.light]->bands) {
        leaves.add(band, lights.surface(part).surface, extra);
      }
      one["leaves"] = leaves.arrays(setting.light_grid());
      one["total"] = lights.surface(part).total;
    } else if (part.family() == Family::kPoint && psf) {
      const Component& point = *part.component;
      one["reaches"] = setting.convolver->reaches(point.value(Role::kX), point.value(Role::kY));
    }
    list.append(one);
  }
  nb::dict result;
  result["components"] = list;
  if (psf && lights.integrates()) result["drawn"] = drawn_arrays(setting, *psf, convolvers);
  result["convolvers"] = convolvers.arrays();
  return result;
}

/// The members of a group, and what cuts them, numbered anew.
std::vector<Flat> with_cuts(const std::vector<Flat>& all, std::vector<std::size_t> places) {
  std::set<std::size_t> cuts;
  for (const std::size_t i : places) {
    for (const auto* of : {&all[i].component.inner, &all[i].component.outer})
      cuts.insert(of->begin(), of->end());
  }
  places.insert(places.end(), cuts.begin(), cuts.end());
  std::ranges::sort(places);
  std::vector<Flat> members;
  for (const std::size_t i : places) {
    Flat& member = members.emplace_back(all[i]);
    for (auto* of : {&member.component.inner, &member.component.outer}) {
      for (std::size_t& cut : *of) {
        cut = static_cast<std::size_t>(std::ranges::find(places, cut) - places.begin());
      }
    }
  }
  return members;
}

nb::dict export_plan(const ComponentList& list, int ny, int nx, const std::vector<Psf>& psfs, double rtol,
                     double atol) {
  const std::vector<Flat> all = flattened(to_components(list));
  std::map<int, std::vector<std::size_t>> by_psf;
  nb::list skies;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Component& component = all[i].component;
    if (component.kind->family == Family::kSky) {
      skies.append(component_arrays(all[i]));
    } else if (component.kind->family != Family::kTruncation) {
      by_psf[psfs.empty() ? kNoPsf : component.psf].push_back(i);
    }
  }
  nb::list groups;
  for (const auto& [psf, places] : by_psf) {
    const std::optional<Psf> of_group =
        psf == kNoPsf ? std::nullopt : std::optional(psfs.at(static_cast<std::size_t>(psf)));
    groups.append(group_arrays(with_cuts(all, places), {ny, nx}, of_group, {{rtol, atol}, false, 1}));
  }
  nb::dict result;
  result["groups"] = groups;
  result["skies"] = skies;
  return result;
}

auto copy_of(const std::vector<double>& values) {
  return to_numpy(std::vector<double>(values));
}

nb::tuple hankel_rule_of(int level, int octave, bool edge) {
  const HankelRule& rule = octave > 0 ? HankelRule::octave(octave)
                                      : HankelRule::low(level, edge ? LightEnd::kEdge : LightEnd::kSmooth);
  return nb::make_tuple(copy_of(rule.t()), copy_of(rule.matrix()));
}

nb::tuple tile_rule_of(int side, int order) {
  const TileRule& rule = tile_rule(side, order);
  return nb::make_tuple(copy_of(rule.nodes), copy_of(rule.means));
}

std::vector<double> chunk_matrix() {
  std::vector<double> matrix;
  for (std::size_t j = 0; j < kChunkNodes; ++j) {
    std::array<double, kChunkNodes> values{};
    values[j] = 1.0;
    std::array<double, kChunkTerms> coefficients{};
    chunk_polynomials(values.data(), coefficients.data());
    matrix.insert(matrix.end(), coefficients.begin(), coefficients.end());
  }
  return matrix;
}

}  // namespace

void bind_plan_export(nb::module_& module) {
  module.def("export_plan", &export_plan, nb::arg("components"), nb::arg("ny"), nb::arg("nx"),
             nb::arg("psfs"), nb::arg("rtol"), nb::arg("atol"),
             "A prepared model as arrays: {\"groups\": one for each PSF, \"skies\"}; see gaxel._executor.");
  module.def("tile_rule", &tile_rule_of, nb::arg("side"), nb::arg("order"),
             "(nodes, pixels from the middle; means (order * side)) of one direction of a tile.");
  module.def(
      "spline_tile", [](int side, int order) { return copy_of(spline_tile(side, order)); }, nb::arg("side"),
      nb::arg("order"), "(order * (side + 6)): the same of a tile drawn with splines.");
  module.def("hankel_rule", &hankel_rule_of, nb::arg("level"), nb::arg("octave"), nb::arg("edge"),
             "(t, matrix (n values * n nodes)) of a chunk of a Hankel transform, of an octave where that is "
             "above 0.");
  module.def(
      "hankel_chunk", [] { return to_numpy(chunk_matrix()); },
      "(48 * 64 * 8): the polynomials of a chunk, for each value.");
}

}  // namespace gaxel::python
