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
#include "integrate/core_window.hpp"
#include "integrate/drawing.hpp"
#include "integrate/hankel_rule.hpp"
#include "integrate/tile_rule.hpp"
#include "plan_leaves.hpp"
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
  if (component.image != nullptr) {
    const Image& coefficients = component.image->coefficients();
    result["coefficients"] =
        to_numpy(std::vector<double>(coefficients.data(), coefficients.data() + coefficients.size()));
    result["coefficients_shape"] = pair_of(coefficients.shape());
    result["margin"] = LightImage::kMargin;
  }
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
      "window_polynomial",
      [] {
        const std::span<const double> c = window_polynomial();
        return to_numpy(std::vector<double>(c.begin(), c.end()));
      },
      "c with W(1 + x) = 1/2 - x sum_m c[m] (1 - x^2)^m, W the window of the cores of convolved profiles.");
  module.def(
      "hankel_chunk", [] { return to_numpy(chunk_matrix()); },
      "(48 * 64 * 8): the polynomials of a chunk, for each value.");
}

}  // namespace gaxel::python
