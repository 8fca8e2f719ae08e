// What gaxel.sersic cannot do with numpy alone: special functions, element by element over 1-D arrays.
#include "profile/sersic.hpp"

#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>

#include "bindings.hpp"
#include "gaxel/error.hpp"
#include "math/sersic_b.hpp"

namespace gaxel::python {
namespace {

using Numbers = nb::ndarray<const double, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using OutputNumbers = nb::ndarray<double, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

template <typename Array>
void check_size(const Array& array, const char* key, std::size_t size) {
  if (array.size() != size) {
    throw InputError(
        {"sersic", key, std::to_string(array.size()), "sizes disagree", std::to_string(size) + " numbers"});
  }
}

void sersic_b_of(const Numbers& n, const OutputNumbers& b) {
  check_size(b, "b", n.size());
  const nb::gil_scoped_release unlocked;
  for (std::size_t k = 0; k < n.size(); ++k) b.data()[k] = sersic_b(n.data()[k]).b;
}

void sersic_constants_of(const Numbers& n, const OutputNumbers& b, const OutputNumbers& i0) {
  check_size(b, "b", n.size());
  check_size(i0, "i0", n.size());
  const nb::gil_scoped_release unlocked;
  for (std::size_t k = 0; k < n.size(); ++k) {
    if (std::isnan(sersic_b(n.data()[k]).b)) {
      b.data()[k] = i0.data()[k] = kNan;
    } else {
      const SersicConstants constants = sersic_constants(n.data()[k]);
      b.data()[k] = constants.b;
      i0.data()[k] = constants.i0;
    }
  }
}

// Boost throws outside the domain and for infinite arguments.
double gamma_p(double a, double x) {
  if (!(a > 0.0 && std::isfinite(a) && x >= 0.0)) return kNan;
  return std::isinf(x) ? 1.0 : boost::math::gamma_p(a, x);
}

void gamma_p_of(const Numbers& a, const Numbers& x, const OutputNumbers& p) {
  check_size(x, "x", a.size());
  check_size(p, "p", a.size());
  const nb::gil_scoped_release unlocked;
  for (std::size_t k = 0; k < a.size(); ++k) p.data()[k] = gamma_p(a.data()[k], x.data()[k]);
}

}  // namespace

void bind_sersic(nb::module_& module) {
  module.def("sersic_b", &sersic_b_of, nb::arg("n"), nb::arg("b").noconvert(),
             "b[k] with P(2 n[k], b[k]) = 1/2, written in place; NaN unless 0.1 <= n <= 20.");
  module.def("sersic_constants", &sersic_constants_of, nb::arg("n"), nb::arg("b").noconvert(),
             nb::arg("i0").noconvert(),
             "b[k] as sersic_b, and i0[k], the central intensity of the law of unit flux, re = 1 and q = 1.");
  module.def(
      "gamma_p", &gamma_p_of, nb::arg("a"), nb::arg("x"), nb::arg("p").noconvert(),
      "The regularised lower incomplete gamma function P(a, x), written in place; NaN unless a > 0 and "
      "x >= 0.");
}

}  // namespace gaxel::python
