#include "gaxel/integration.hpp"

#include <fmt/format.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "bindings.hpp"
#include "gaxel/error.hpp"

namespace gaxel::python {
namespace {

using InputIndices = nb::ndarray<const std::int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

std::span<const double> span_of(const InputVector& array) {
  return {array.data(), array.size()};
}

PointsView points_of(const InputVector& i, const InputVector& j) {
  return {span_of(i), span_of(j)};
}

/// A Python function evaluate(i, j) -> float64 array of the same length (gaxel._integrand checks that).
class PythonIntegrand final : public Integrand {
 public:
  explicit PythonIntegrand(nb::callable function) : function_(std::move(function)) {}

  void evaluate(std::span<const double> i, std::span<const double> j,
                std::span<double> values) const override {
    // Copies: the function may keep what it is given.
    const nb::object result =
        function_(to_numpy(std::vector(i.begin(), i.end())), to_numpy(std::vector(j.begin(), j.end())));
    const auto array = nb::cast<InputVector>(result);
    if (array.size() != values.size()) {
      throw InputError({"", "f", fmt::format("{} values", array.size()), "not the light at the points",
                        fmt::format("{} values", values.size())});
    }
    std::copy_n(array.data(), values.size(), values.data());
  }

  // One call for all points: Python's functions are slow to call, not to compute.
  std::size_t block_size() const override { return std::numeric_limits<std::size_t>::max(); }

 private:
  nb::callable function_;
};

/// An integrand, and whether it may run without Python's lock.
struct AnyIntegrand {
  std::unique_ptr<Integrand> integrand;
  bool is_compiled;

  template <typename Work>
  auto use(Work&& work) const {
    std::optional<nb::gil_scoped_release> unlocked;
    if (is_compiled) unlocked.emplace();
    return work(*integrand);
  }
};

auto integrate(const AnyIntegrand& f, const InputVector& i, const InputVector& j, const InputVector& di,
               const InputVector& dj, const InputVector& w) {
  const auto vector = [](const InputVector& array) {
    return std::vector<double>(array.data(), array.data() + array.size());
  };
  const PixelRule rule{vector(di), vector(dj), vector(w)};
  const PointsView points = points_of(i, j);
  return to_numpy(f.use([&](const Integrand& g) { return integrate_pixels(g, points, rule); }));
}

SubpixelRefinement prepare(const AnyIntegrand& f, const InputVector& i, const InputVector& j,
                           int base_oversamp, int order, int oversamp, double precision, double frac_refine,
                           int k_max) {
  const RefinementOptions options{base_oversamp, order, oversamp, precision, frac_refine, k_max};
  const PointsView points = points_of(i, j);
  return f.use([&](const Integrand& g) { return prepare_subpixel_refinements(g, points, options); });
}

auto apply_levels(const std::vector<InputIndices>& idx_to_refine, const std::vector<InputVector>& integrals,
                  int oversamp) {
  std::vector<std::vector<std::int64_t>> indices;
  for (const InputIndices& level : idx_to_refine) {
    indices.emplace_back(level.data(), level.data() + level.size());
  }
  std::vector<std::vector<double>> values;
  for (const InputVector& level : integrals) values.emplace_back(level.data(), level.data() + level.size());
  return to_numpy(apply_subpixel_refinements(indices, values, oversamp));
}

constexpr const char* kCertificateDoc =
    R"(What a refinement can vouch for. Estimates are of the cells that make up the image.

Attributes
----------
n_imprecise : int
    Cells whose error estimate exceeds the precision.
n_non_finite : int
    Cells whose value is not finite; their pixels are not finite either.
max_error : float
    Largest estimate of a cell.
sum_error : float
    Sum of the cells' estimates.
n_evaluations : int
    Evaluations of the integrand.
cells_per_level : list of int
    Level 0: whole pixels; level k: cells of side 1 / (base_oversamp oversamp^k).
outgrown : bool
    The light no longer fits the prepared refinement: prepare another.
)";

void bind_refinement(nb::module_& module) {
  nb::class_<RefinementCertificate>(module, "RefinementCertificate", kCertificateDoc)
      .def_ro("n_imprecise", &RefinementCertificate::n_imprecise)
      .def_ro("n_non_finite", &RefinementCertificate::n_non_finite)
      .def_ro("max_error", &RefinementCertificate::max_error)
      .def_ro("sum_error", &RefinementCertificate::sum_error)
      .def_ro("n_evaluations", &RefinementCertificate::n_evaluations)
      .def_ro("cells_per_level", &RefinementCertificate::cells_per_level)
      .def_ro("outgrown", &RefinementCertificate::outgrown)
      .def("__repr__", [](const RefinementCertificate& c) {
        return fmt::format(
            "RefinementCertificate(n_imprecise={}, n_non_finite={}, max_error={:.3g}, sum_error={:.3g}, "
            "n_evaluations={}, outgrown={})",
            c.n_imprecise, c.n_non_finite, c.max_error, c.sum_error, c.n_evaluations,
            c.outgrown ? "True" : "False");
      });
  nb::class_<SubpixelRefinement>(module, "SubpixelRefinement",
                                 "A prepared refinement: which cells are split.")
      .def_prop_ro("size", &SubpixelRefinement::size)
      .def_prop_ro("idx_to_refine",
                   [](const SubpixelRefinement& r) {
                     nb::list levels;
                     for (const auto& level : r.idx_to_refine()) levels.append(to_numpy(level));
                     return levels;
                   })
      .def_prop_ro("integrated_pixels",
                   [](const SubpixelRefinement& r) {
                     nb::list levels;
                     for (const auto& level : r.integrated_pixels()) levels.append(to_numpy(level));
                     return levels;
                   })
      .def_prop_ro("n_imprecise", &SubpixelRefinement::n_imprecise)
      .def_prop_ro("n_to_refine", &SubpixelRefinement::n_to_refine)
      .def_prop_ro("certificate", &SubpixelRefinement::certificate)
      .def("pixels", [](const SubpixelRefinement& r) { return to_numpy(r.pixels()); })
      .def(
          "apply",
          [](const SubpixelRefinement& r, const AnyIntegrand& f) {
            RefinementCertificate certificate;
            std::vector<double> pixels = f.use([&](const Integrand& g) { return r.apply(g, &certificate); });
            return std::pair(to_numpy(std::move(pixels)), certificate);
          },
          nb::arg("integrand"), "(pixels, certificate) of another light on the same cells.");
}

}  // namespace

void bind_integration(nb::module_& module) {
  module.attr("max_refinement_level") = kMaxRefinementLevel;
  nb::class_<AnyIntegrand>(module, "Integrand", "Light per pixel area, at many points at once.")
      .def("evaluate", [](const AnyIntegrand& f, const InputVector& i, const InputVector& j) {
        const PointsView points = points_of(i, j);
        std::vector<double> values(points.size());
        f.use([&](const Integrand& g) { g.evaluate(points.i, points.j, values); });
        return to_numpy(std::move(values));
      });
  module.def(
      "light_integrand",
      [](const std::string& kind, const std::vector<double>& values) {
        return AnyIntegrand{light_integrand(to_components({{kind, values, 0, {}, {}, {}}}).front()), true};
      },
      nb::arg("kind"), nb::arg("values"), "The compiled light of an elliptical component.");
  module.def(
      "python_integrand",
      [](nb::callable function) {
        return AnyIntegrand{std::make_unique<PythonIntegrand>(std::move(function)), false};
      },
      nb::arg("function"), "evaluate(i, j) -> values, float64 arrays of one length.");
  module.def("integrate_pixels", &integrate, nb::arg("integrand"), nb::arg("i"), nb::arg("j"), nb::arg("di"),
             nb::arg("dj"), nb::arg("w"));
  module.def(
      "oversample_pixels",
      [](const InputVector& i, const InputVector& j, int k, int oversamp, int base_oversamp) {
        Points children = oversample_pixels(points_of(i, j), k, oversamp, base_oversamp);
        return std::pair(to_numpy(std::move(children.i)), to_numpy(std::move(children.j)));
      },
      nb::arg("i"), nb::arg("j"), nb::arg("k"), nb::arg("oversamp"), nb::arg("base_oversamp"));
  module.def(
      "integrate_with_error",
      [](const AnyIntegrand& f, const InputVector& i, const InputVector& j, int k, int order,
         int base_oversamp, int oversamp) {
        const PointsView points = points_of(i, j);
        CellEstimates cells = f.use([&](const Integrand& g) {
          return integrate_with_error(g, points, k, order, base_oversamp, oversamp);
        });
        return std::pair(to_numpy(std::move(cells.values)), to_numpy(std::move(cells.errors)));
      },
      nb::arg("integrand"), nb::arg("i"), nb::arg("j"), nb::arg("k"), nb::arg("order"),
      nb::arg("base_oversamp"), nb::arg("oversamp"));
  bind_refinement(module);
  module.def("prepare_subpixel_refinements", &prepare, nb::arg("integrand"), nb::arg("i"), nb::arg("j"),
             nb::arg("base_oversamp"), nb::arg("order"), nb::arg("oversamp"), nb::arg("precision"),
             nb::arg("frac_refine"), nb::arg("k_max"));
  module.def("apply_subpixel_refinements", &apply_levels, nb::arg("idx_to_refine"), nb::arg("integrals"),
             nb::arg("oversamp"));
}

}  // namespace gaxel::python
