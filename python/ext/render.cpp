#include "gaxel/render.hpp"

#include <fmt/format.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "bindings.hpp"
#include "gaxel/error.hpp"
#include "interrupt.hpp"

namespace gaxel::python {
namespace {

// A plan, and what it was made for: then it need not be checked again.
struct KnownPlan {
  MultiPsfPlan plan;
  Shape shape;
  ComponentList components;
  Tolerance tolerance;

  bool was_made_for(const ComponentList& others, const Tolerance& asked) const {
    return others == components && tolerance.rtol <= asked.rtol && tolerance.atol <= asked.atol;
  }
};

std::string to_text(const KnownPlan& known) {
  const int n = known.plan.n_profiles();
  return fmt::format("Plan(shape=({}, {}), {} profile{}: {} made anew, {} taken over)", known.shape.ny,
                     known.shape.nx, n, n == 1 ? "" : "s", known.plan.n_made(), n - known.plan.n_made());
}

// The core executes whatever fits its grid; a plan for other components may miss the tolerance there.
MultiPsfPlan checked(const MultiPsfRenderer& renderer, const ComponentList& list,
                     std::span<const Component> components, const KnownPlan* known, const char* source) {
  if (known == nullptr) return {};
  if (!known->was_made_for(list, renderer.options().tolerance) &&
      renderer.prepare(components, known->plan).n_made() > 0) {
    throw InputError({source, "plan", to_text(*known), "does not hold for what is to be rendered",
                      "prepare(..., previous=plan) with the same arguments"});
  }
  return known->plan;
}

KnownPlan prepare(const ComponentList& list, int ny, int nx, const std::vector<Psf>& psfs, double rtol,
                  double atol, const KnownPlan* previous, int threads) {
  const std::vector<Component> components = to_components(list);
  return interruptible([&]() -> KnownPlan {
    const MultiPsfRenderer renderer({ny, nx}, psfs, {{rtol, atol}, false, threads});
    return {renderer.prepare(components, previous == nullptr ? MultiPsfPlan() : previous->plan),
            renderer.shape(),
            list,
            {rtol, atol}};
  });
}

Certificate render(const ComponentList& list, OutputImage image, const std::vector<Psf>& psfs, double rtol,
                   double atol, bool certificate, const KnownPlan* plan, int threads) {
  const std::vector<Component> components = to_components(list);
  const Shape shape = shape_of(image);
  return interruptible([&] {
    const MultiPsfRenderer renderer(shape, psfs, {{rtol, atol}, certificate, threads});
    return renderer.render(components, {image.data(), shape},
                           checked(renderer, list, components, plan, "render"));
  });
}

Certificate render_with_jacobian(const ComponentList& list, const std::vector<std::uint8_t>& wanted,
                                 OutputImage image, OutputCube jacobian, const std::vector<Psf>& psfs,
                                 double rtol, double atol, bool certificate, const KnownPlan* plan,
                                 int threads) {
  const std::vector<Component> components = to_components(list);
  const Shape shape = shape_of(image);
  return interruptible([&] {
    const MultiPsfRenderer renderer(shape, psfs, {{rtol, atol}, certificate, threads});
    return renderer.render_with_jacobian(components, wanted, {image.data(), shape}, jacobian.data(),
                                         checked(renderer, list, components, plan, "render_with_jacobian"));
  });
}

auto vjp(const ComponentList& list, const std::vector<std::uint8_t>& wanted, const InputImage& cotangent,
         const std::vector<Psf>& psfs, double rtol, double atol, const KnownPlan* plan, int threads) {
  const std::vector<Component> components = to_components(list);
  const Shape shape = shape_of(cotangent);
  std::vector<double> gradient(static_cast<std::size_t>(std::ranges::count(wanted, 1)));
  interruptible([&] {
    const MultiPsfRenderer renderer(shape, psfs, {{rtol, atol}, false, threads});
    renderer.vjp(components, wanted, {cotangent.data(), shape}, gradient.data(),
                 checked(renderer, list, components, plan, "vjp"));
  });
  return to_numpy(std::move(gradient));
}

// Of the cells of a component: what they are and their levels, their borders x_min, x_max, y_min, y_max, and
// their nodes along x and y, one after the other.
nb::tuple cells(const ComponentList& list, std::size_t which, int ny, int nx, const std::vector<Psf>& psfs,
                double rtol, double atol, int threads) {
  const std::vector<Component> components = to_components(list);
  const CellMap map = interruptible([&] {
    return MultiPsfRenderer({ny, nx}, psfs, {{rtol, atol}, false, threads}).cells(components, which);
  });
  std::vector<int> kinds;
  std::vector<int> levels;
  std::vector<double> borders;
  std::vector<int> nodes;
  for (const Cell& cell : map.cells) {
    kinds.push_back(static_cast<int>(cell.kind));
    levels.push_back(cell.level);
    borders.insert(borders.end(), {cell.x_min, cell.x_max, cell.y_min, cell.y_max});
    nodes.insert(nodes.end(), {cell.nodes_x, cell.nodes_y});
  }
  return nb::make_tuple(to_numpy(std::move(kinds)), to_numpy(std::move(levels)), to_numpy(std::move(borders)),
                        to_numpy(std::move(nodes)));
}

constexpr const char* kPlanDoc = R"(The cells that components are integrated on, from prepare.

Immutable; may be used from many threads at once. A copy is the plan itself; it cannot be pickled.

Attributes
----------
shape : (int, int)
    Size (ny, nx) of the images it is for.
n_profiles : int
    How many components have cells: all but images, point sources and sky.
n_made : int
    How many of them were planned anew; the others' cells were taken over from a previous plan.
)";

constexpr const char* kCertificateDoc = R"(What a render vouches for, in the image's units, before noise.

Attributes
----------
max_bound : float
    Largest bound of a pixel's error.
sum_bound : float
    Sum of the bounds of all pixels' errors.
n_over : int
    Pixels whose bound exceeds the tolerance asked for.
limit_hit : bool
    More than double precision, or more cells than allowed, would be needed; or a profile with an edge too sharp for its
    transform went through a PSF.
estimated : bool
    Some of the bounds are conservative estimates, and no proofs: those of kinds that are not a proven radial law on
    ellipses, such as Nuker or any with a shape option.
n_evaluations : int
    Evaluations of radial laws at the nodes of tiles and cells; pixels in closed form are not counted.
evaluations_per_pixel : float
tiles_per_size : list of int
    Entry k: tiles, of pixels that share a polynomial, whose longer side is 2**k pixels.
cells_per_level : list of int
    Level 0: whole pixels; level k: parts of them, the shorter side 2**-k pixel; the last: cusps in closed form.
bound : ndarray, shape (ny, nx)
    Bound of each pixel's error.
)";

// A certificate as plain values, for pickle.
using CertificateState =
    std::tuple<double, double, std::int64_t, bool, bool, std::int64_t, double, std::vector<std::int64_t>,
               std::vector<std::int64_t>, int, int, std::vector<double>>;

CertificateState state_of(const Certificate& c) {
  const auto pixels = c.bound.pixels();
  return {c.max_bound,
          c.sum_bound,
          c.n_over,
          c.limit_hit,
          c.estimated,
          c.n_evaluations,
          c.evaluations_per_pixel,
          c.tiles_per_size,
          c.cells_per_level,
          c.bound.ny(),
          c.bound.nx(),
          std::vector<double>(pixels.begin(), pixels.end())};
}

void restore(Certificate& target, const CertificateState& state) {
  Certificate c;
  int ny = 0;
  int nx = 0;
  std::vector<double> pixels;
  std::tie(c.max_bound, c.sum_bound, c.n_over, c.limit_hit, c.estimated, c.n_evaluations,
           c.evaluations_per_pixel, c.tiles_per_size, c.cells_per_level, ny, nx, pixels) = state;
  c.bound = Image(Shape{ny, nx});
  std::ranges::copy(pixels, c.bound.pixels().begin());
  new (&target) Certificate(std::move(c));
}

}  // namespace

void bind_render(nb::module_& module) {
  nb::class_<Certificate>(module, "Certificate", kCertificateDoc)
      .def_ro("max_bound", &Certificate::max_bound)
      .def_ro("sum_bound", &Certificate::sum_bound)
      .def_ro("n_over", &Certificate::n_over)
      .def_ro("limit_hit", &Certificate::limit_hit)
      .def_ro("estimated", &Certificate::estimated)
      .def_ro("n_evaluations", &Certificate::n_evaluations)
      .def_ro("evaluations_per_pixel", &Certificate::evaluations_per_pixel)
      .def_ro("tiles_per_size", &Certificate::tiles_per_size)
      .def_ro("cells_per_level", &Certificate::cells_per_level)
      .def_prop_ro(
          "bound",
          [](nb::handle_t<Certificate> self) { return to_numpy(nb::cast<Certificate&>(self).bound, self); })
      .def("__getstate__", &state_of)
      .def("__setstate__", &restore)
      .def("__repr__", [](const Certificate& c) {
        return fmt::format(
            "Certificate(max_bound={:.3g}, sum_bound={:.3g}, n_over={}, limit_hit={}, "
            "evaluations_per_pixel={:.4g})",
            c.max_bound, c.sum_bound, c.n_over, c.limit_hit ? "True" : "False", c.evaluations_per_pixel);
      });
  const auto itself = [](nb::object self) { return self; };
  nb::class_<KnownPlan>(module, "Plan", kPlanDoc)
      .def_prop_ro("shape", [](const KnownPlan& known) { return std::pair(known.shape.ny, known.shape.nx); })
      .def_prop_ro("n_profiles", [](const KnownPlan& known) { return known.plan.n_profiles(); })
      .def_prop_ro("n_made", [](const KnownPlan& known) { return known.plan.n_made(); })
      .def("__repr__", &to_text)
      .def("__copy__", itself)
      .def("__deepcopy__", [](nb::object self, const nb::dict& /*memo*/) { return self; }, nb::arg("memo"));
  module.def("prepare", &prepare, nb::arg("components"), nb::arg("ny"), nb::arg("nx"), nb::arg("psfs"),
             nb::arg("rtol"), nb::arg("atol"), nb::arg("previous").none(), nb::arg("threads"),
             "Finds the cells. `components`: (kind, values) each.");
  module.def("render", &render, nb::arg("components"), nb::arg("image").noconvert(), nb::arg("psfs"),
             nb::arg("rtol"), nb::arg("atol"), nb::arg("certificate"), nb::arg("plan").none(),
             nb::arg("threads"), "Writes the image in place.");
  module.def(
      "render_with_jacobian", &render_with_jacobian, nb::arg("components"), nb::arg("wanted"),
      nb::arg("image").noconvert(), nb::arg("jacobian").noconvert(), nb::arg("psfs"), nb::arg("rtol"),
      nb::arg("atol"), nb::arg("certificate"), nb::arg("plan").none(), nb::arg("threads"),
      "Writes the image and the derivatives marked in `wanted` (one entry for each parameter) in place.");
  module.def("cells", &cells, nb::arg("components"), nb::arg("which"), nb::arg("ny"), nb::arg("nx"),
             nb::arg("psfs"), nb::arg("rtol"), nb::arg("atol"), nb::arg("threads"),
             "(kinds, levels, borders, nodes) of the cells of one component: borders four, nodes two each.");
  module.def("vjp", &vjp, nb::arg("components"), nb::arg("wanted"), nb::arg("cotangent"), nb::arg("psfs"),
             nb::arg("rtol"), nb::arg("atol"), nb::arg("plan").none(), nb::arg("threads"),
             "The sums over pixels of cotangent * derivative, of those marked in `wanted`.");
}

}  // namespace gaxel::python
