// What gaxel.sersic cannot do with numpy alone: special functions, element by element over 1-D arrays.
#include "profile/sersic.hpp"

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "bindings.hpp"
#include "gaxel/error.hpp"
#include "math/sersic_b.hpp"

namespace gaxel::python {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

template <typename Function>
std::vector<double> each(const InputVector& arguments, Function function) {
  const nb::gil_scoped_release unlocked;
  std::vector<double> values(arguments.size());
  std::transform(arguments.data(), arguments.data() + arguments.size(), values.begin(), function);
  return values;
}

double central_intensity(double n) {
  return std::isnan(sersic_b(n).b) ? kNan : sersic_constants(n).i0;
}

// Boost throws outside the domain and for infinite arguments.
double gamma_p(double a, double x) {
  if (!(a > 0.0 && std::isfinite(a) && x >= 0.0)) return kNan;
  return std::isinf(x) ? 1.0 : boost::math::gamma_p(a, x);
}

std::vector<double> gamma_p_of(const InputVector& a, const InputVector& x) {
  if (a.size() != x.size()) {
    throw InputError({"gamma_p", "x", std::to_string(x.size()), "sizes disagree", std::to_string(a.size())});
  }
  const nb::gil_scoped_release unlocked;
  std::vector<double> values(a.size());
  std::transform(a.data(), a.data() + a.size(), x.data(), values.begin(), gamma_p);
  return values;
}

}  // namespace

void bind_sersic(nb::module_& module) {
  module.def(
      "sersic_b",
      [](const InputVector& n) { return to_numpy(each(n, [](double value) { return sersic_b(value).b; })); },
      nb::arg("n"), "b with P(2n, b) = 1/2; NaN unless 0.1 <= n <= 20.");
  module.def(
      "sersic_i0", [](const InputVector& n) { return to_numpy(each(n, central_intensity)); }, nb::arg("n"),
      "The central intensity of the law of unit flux, re = 1 and q = 1; NaN unless 0.1 <= n <= 20.");
  module.def(
      "gamma_p", [](const InputVector& a, const InputVector& x) { return to_numpy(gamma_p_of(a, x)); },
      nb::arg("a"), nb::arg("x"),
      "The regularised lower incomplete gamma function P(a, x); NaN unless a > 0 and x >= 0.");
}

}  // namespace gaxel::python
