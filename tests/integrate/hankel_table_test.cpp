// The transform of a profile's core against closed forms and brute-force quadrature.
#include "integrate/hankel_table.hpp"

#include <gtest/gtest.h>

#include <boost/math/quadrature/tanh_sinh.hpp>
#include <boost/math/special_functions/bessel.hpp>
#include <cmath>
#include <cstdio>
#include <numbers>

#include "integrate/core_window.hpp"
#include "integrate/transform_kernel.hpp"
#include "profile/sersic.hpp"

namespace gaxel {
namespace {

TEST(HankelTable, Probe) {
  for (double n : {0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 2.0, 4.0, 8.0, 20.0}) {
    SersicLaw law(n);
    for (double window : {0.1, 0.5, 1.0, 2.0, 4.0, 10.0, 30.0, 1000.0}) {
      for (double ratio : {1.41, 7.0, 140.0}) {
        HankelTable t(law, {window, 30.0 / window * ratio, 1e-8, true});
        std::printf("%g %g %g: R %g wings %d panels %zu error %.1e\n", n, window, ratio, t.radius(),
                    t.has_wings(), t.n_panels(), t.error());
      }
    }
  }
}

}  // namespace
}  // namespace gaxel
