#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

#include <algorithm>

#include "base/simd_target.hpp"
#include "bindings.hpp"
#include "gaxel/version.hpp"

namespace gaxel::python {

Image to_image(const InputImage& array) {
  Image image(shape_of(array));
  std::copy_n(array.data(), image.size(), image.data());
  return image;
}

}  // namespace gaxel::python

NB_MODULE(_core, module) {
  // The registry of typing.overload keeps functions, and through them our types, beyond the end of this
  // module. Debug builds warn all the same, so that leaks of our own show: after typing.clear_overloads()
  // there are no others.
#ifdef NDEBUG
  nanobind::set_leak_warnings(false);
#endif
  module.doc() = "gaxel's C++ core. Use the package gaxel: it checks and converts what is handed in here.";
  module.attr("version") = gaxel::version();
  module.def("simd_targets", &gaxel::simd_targets, "Instruction sets of this machine, best first.");
  module.def("use_simd_target", &gaxel::use_simd_target, nanobind::arg("name"), "For tests and benchmarks.");
  gaxel::python::bind_errors(module);
  gaxel::python::bind_components(module);
  gaxel::python::bind_component_layout(module);
  gaxel::python::bind_psf(module);
  gaxel::python::bind_render(module);
  gaxel::python::bind_fit(module);
  gaxel::python::bind_uncertainty(module);
  gaxel::python::bind_integration(module);
  gaxel::python::bind_quadrature(module);
  gaxel::python::bind_sersic(module);
  gaxel::python::bind_jax(module);
  gaxel::python::bind_plan_export(module);
}
