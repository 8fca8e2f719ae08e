#include "gaxel/render.hpp"

#include <fmt/format.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <new>
#include <optional>
#include <tuple>

#include "bindings.hpp"

namespace gaxel::python {
namespace {

Renderer make_renderer(Shape shape, const Psf* psf, const RenderOptions& options) {
  return {shape, psf == nullptr ? std::nullopt : std::optional<Psf>(*psf), options};
}

Certificate render(const ComponentList& list, OutputImage image, const Psf* psf, double rtol, double atol,
                   bool certificate, int threads) {
  const std::vector<Component> components = to_components(list);
  const Shape shape = shape_of(image);
  const nb::gil_scoped_release unlocked;
  return make_renderer(shape, psf, {{rtol, atol}, certificate, threads})
      .render(components, {image.data(), shape});
}

Certificate render_with_jacobian(const ComponentList& list, const std::vector<std::uint8_t>& wanted,
                                 OutputImage image, OutputCube jacobian, const Psf* psf, double rtol,
                                 double atol, bool certificate, int threads) {
  const std::vector<Component> components = to_components(list);
  const Shape shape = shape_of(image);
  const nb::gil_scoped_release unlocked;
  return make_renderer(shape, psf, {{rtol, atol}, certificate, threads})
      .render_with_jacobian(components, wanted, {image.data(), shape}, jacobian.data());
}

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
    A cell could not be refined further.
n_evaluations : int
    Evaluations of a radial law.
evaluations_per_pixel : float
tiles_per_size : list of int
    Entry k: tiles, of pixels that share a polynomial, whose longer side is 2**k pixels.
cells_per_level : list of int
    Level 0: whole pixels; level k: cells of side 2**-k pixel; the last: cusps in closed form.
bound : ndarray, shape (ny, nx)
    Bound of each pixel's error.
)";

// A certificate as plain values, for pickle.
using CertificateState =
    std::tuple<double, double, std::int64_t, bool, std::int64_t, double, std::vector<std::int64_t>,
               std::vector<std::int64_t>, int, int, std::vector<double>>;

CertificateState state_of(const Certificate& c) {
  const auto pixels = c.bound.pixels();
  return {c.max_bound,
          c.sum_bound,
          c.n_over,
          c.limit_hit,
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
  std::tie(c.max_bound, c.sum_bound, c.n_over, c.limit_hit, c.n_evaluations, c.evaluations_per_pixel,
           c.tiles_per_size, c.cells_per_level, ny, nx, pixels) = state;
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
  module.def("render", &render, nb::arg("components"), nb::arg("image").noconvert(), nb::arg("psf").none(),
             nb::arg("rtol"), nb::arg("atol"), nb::arg("certificate"), nb::arg("threads"),
             "Writes the image in place. `components`: (kind, values) each.");
  module.def(
      "render_with_jacobian", &render_with_jacobian, nb::arg("components"), nb::arg("wanted"),
      nb::arg("image").noconvert(), nb::arg("jacobian").noconvert(), nb::arg("psf").none(), nb::arg("rtol"),
      nb::arg("atol"), nb::arg("certificate"), nb::arg("threads"),
      "Writes the image and the derivatives marked in `wanted` (one entry for each parameter) in place.");
}

}  // namespace gaxel::python
