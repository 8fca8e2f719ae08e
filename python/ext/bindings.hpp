// What the files of the extension module share. Python's side checks and converts arguments (python/gaxel);
// here they arrive as contiguous float64 arrays.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "gaxel/component.hpp"
#include "gaxel/image.hpp"
#include "gaxel/light_image.hpp"
#include "gaxel/psf.hpp"
#include "gaxel/varying_psf.hpp"

namespace gaxel::python {

namespace nb = nanobind;

using InputImage = nb::ndarray<const double, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using OutputImage = nb::ndarray<double, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using InputVector = nb::ndarray<const double, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using OutputCube = nb::ndarray<double, nb::ndim<3>, nb::c_contig, nb::device::cpu>;

/// What components share with the Python objects that they are made of.
using SharedImage = std::optional<std::shared_ptr<const LightImage>>;

/// Components as (kind's name, values in the kind's order, number of the PSF, truncations inside, and
/// outside, image).
using ComponentTuple = std::tuple<std::string, std::vector<double>, int, std::vector<std::size_t>,
                                  std::vector<std::size_t>, SharedImage>;
using ComponentList = std::vector<ComponentTuple>;
std::vector<Component> to_components(const ComponentList& list);

template <typename Array>
Shape shape_of(const Array& array) {
  return {static_cast<int>(array.shape(0)), static_cast<int>(array.shape(1))};
}
Image to_image(const InputImage& array);

/// The pixels of an image that belongs to `owner`, seen from numpy without a copy; read-only for a constant
/// image.
template <typename AnyImage>
auto to_numpy(AnyImage& image, nb::handle owner) {
  using Pixel = std::remove_pointer_t<decltype(image.data())>;
  return nb::ndarray<nb::numpy, Pixel, nb::ndim<2>>(
      image.data(), {static_cast<std::size_t>(image.ny()), static_cast<std::size_t>(image.nx())}, owner);
}

/// Values that numpy owns from now on.
template <typename T>
nb::ndarray<nb::numpy, T, nb::ndim<1>> to_numpy(std::vector<T> values) {
  auto kept = std::make_unique<std::vector<T>>(std::move(values));
  const std::size_t size = kept->size();
  T* data = kept->data();
  const nb::capsule owner(kept.release(),
                          [](void* vector) noexcept { delete static_cast<std::vector<T>*>(vector); });
  return {data, {size}, owner};
}

void bind_errors(nb::module_& module);
void bind_components(nb::module_& module);
void bind_component_layout(nb::module_& module);
void bind_psf(nb::module_& module);
void bind_render(nb::module_& module);
void bind_fit(nb::module_& module);
void bind_uncertainty(nb::module_& module);
void bind_integration(nb::module_& module);
void bind_quadrature(nb::module_& module);
void bind_sersic(nb::module_& module);
void bind_jax(nb::module_& module);
void bind_plan_export(nb::module_& module);

}  // namespace gaxel::python
