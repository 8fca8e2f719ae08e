#include "gaxel/psf.hpp"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "bindings.hpp"
#include "psf/fft_size.hpp"

namespace gaxel::python {

void bind_psf(nb::module_& module) {
  module.def("fast_fft_size", &fast_fft_size, nb::arg("n"),
             "The smallest length of at least n with a fast FFT.");
  nb::class_<Psf>(module, "Psf", "A normalised point spread function.")
      .def(
          "__init__",
          [](Psf* self, const InputImage& kernel, double oversample, std::optional<double> x_center,
             std::optional<double> y_center) {
            new (self) Psf(to_image(kernel), {oversample, x_center, y_center});
          },
          nb::arg("kernel"), nb::arg("oversample"), nb::arg("x_center").none(), nb::arg("y_center").none())
      .def_prop_ro("kernel",
                   [](nb::handle_t<Psf> self) { return to_numpy(nb::cast<const Psf&>(self).kernel(), self); })
      .def_prop_ro("oversample", &Psf::oversample)
      .def_prop_ro("x_center", &Psf::x_center)
      .def_prop_ro("y_center", &Psf::y_center)
      .def_prop_ro("original_sum", &Psf::original_sum)
      .def_prop_ro("warnings", &Psf::warnings)
      .def(
          "size_warning", [](const Psf& psf, int ny, int nx) { return psf.size_warning({ny, nx}); },
          nb::arg("ny"), nb::arg("nx"));
}

}  // namespace gaxel::python
