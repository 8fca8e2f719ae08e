#include "gaxel/psf.hpp"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "bindings.hpp"
#include "io/psfex_file.hpp"
#include "psf/fft_size.hpp"

namespace gaxel::python {

namespace {

PixelInPsf to_pixel(const std::string& text) {
  return text == "data" ? PixelInPsf::kData : text == "none" ? PixelInPsf::kNone : PixelInPsf::kOwn;
}

const char* to_text(PixelInPsf pixel) {
  switch (pixel) {
    case PixelInPsf::kData:
      return "data";
    case PixelInPsf::kNone:
      return "none";
    case PixelInPsf::kOwn:
      break;
  }
  return "own";
}

// As many weights as PSFs.
Psf sum(const std::vector<Psf>& psfs, const std::vector<double>& weights) {
  std::vector<Psf::Weighted> terms;
  for (std::size_t i = 0; i < psfs.size(); ++i) terms.push_back({psfs[i], weights[i]});
  return Psf::sum(terms);
}

VaryingPsf grid_psf(const std::vector<InputImage>& kernels,
                    const std::vector<std::pair<double, double>>& positions, double oversample,
                    std::optional<double> x_center, std::optional<double> y_center,
                    const std::string& pixel_in_psf) {
  std::vector<PsfAtPosition> grid;
  for (std::size_t i = 0; i < kernels.size(); ++i)
    grid.push_back({to_image(kernels[i]), positions.at(i).first, positions.at(i).second});
  return {std::move(grid), {oversample, x_center, y_center, to_pixel(pixel_in_psf)}};
}

void bind_varying_psf(nb::module_& module) {
  nb::class_<VaryingPsf>(module, "VaryingPsf", "A point spread function that depends on the position.")
      .def("at", &VaryingPsf::at, nb::arg("x"), nb::arg("y"));
  module.def("grid_psf", &grid_psf, nb::arg("kernels"), nb::arg("positions"), nb::arg("oversample"),
             nb::arg("x_center").none(), nb::arg("y_center").none(), nb::arg("pixel_in_psf"));
  module.def(
      "read_psfex",
      [](const std::string& path, int x_origin, int y_origin) {
        return io::read_psfex(path, {x_origin + 1, y_origin + 1});
      },
      nb::arg("path"), nb::arg("x_origin"), nb::arg("y_origin"));
}

}  // namespace

void bind_psf(nb::module_& module) {
  bind_varying_psf(module);
  module.def("fast_fft_size", &fast_fft_size, nb::arg("n"),
             "The smallest length of at least n with a fast FFT.");
  nb::class_<Psf>(module, "Psf", "A normalised point spread function.")
      .def(
          "__init__",
          [](Psf* self, const InputImage& kernel, double oversample, std::optional<double> x_center,
             std::optional<double> y_center, const std::string& pixel_in_psf) {
            new (self) Psf(to_image(kernel), {oversample, x_center, y_center, to_pixel(pixel_in_psf)});
          },
          nb::arg("kernel"), nb::arg("oversample"), nb::arg("x_center").none(), nb::arg("y_center").none(),
          nb::arg("pixel_in_psf"))
      .def_static(
          "gaussian", [](double fwhm, double q, double theta) { return Psf::gaussian({fwhm, q, theta}); },
          nb::arg("fwhm"), nb::arg("q"), nb::arg("theta"))
      .def_static(
          "moffat",
          [](double fwhm, double beta, double q, double theta) {
            return Psf::moffat({fwhm, q, theta}, beta);
          },
          nb::arg("fwhm"), nb::arg("beta"), nb::arg("q"), nb::arg("theta"))
      .def_static("sum", &sum, nb::arg("psfs"), nb::arg("weights"))
      .def(
          "diffused", [](const Psf& psf, const InputImage& kernel) { return psf.diffused(to_image(kernel)); },
          nb::arg("kernel"))
      .def_prop_ro("pixel_in_psf", [](const Psf& psf) { return to_text(psf.pixel_in_psf()); })
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
