// The law of CONTRIBUTING.md, and the totals of laws: closed forms against quadrature.
#include <gtest/gtest.h>

#include "power_wings.hpp"
#include "profile/laws/core_sersic.hpp"
#include "profile/laws/gaussian_ring.hpp"
#include "profile/laws/moffat.hpp"
#include "profile/laws/nuker.hpp"
#include "profile/laws/sersic.hpp"

namespace gaxel {
namespace {

template <template <class> class Law>
void expect_total(std::vector<double> shapes, double mark) {
  const LawOf<Law> law(shapes);
  const Law<double> plain(shapes.data());
  const double truth = radial_total<double>(plain, {mark});
  const ShapeValue total = law.total();
  EXPECT_NEAR(total.value, truth, 1e-10 * truth);
  for (std::size_t k = 0; k < shapes.size(); ++k) {
    const double h = 1e-5 * shapes[k];
    const auto moved = [&](double by) {
      std::vector<double> other = shapes;
      other[k] += by;
      return radial_total<double>(Law<double>(other.data()), {mark});
    };
    const double slope = (moved(h) - moved(-h)) / (2.0 * h);
    EXPECT_NEAR(total.d_shapes[k], slope, 1e-6 * std::max(1.0, std::abs(slope))) << k;
  }
}

TEST(ExampleLaw, IsALaw) {
  expect_total<PowerWings>({4.0}, 1.0);
}

TEST(LawTotals, AreIntegralsOfTheirLight) {
  expect_total<Sersic>({2.7}, 1.0);
  expect_total<Moffat>({2.5}, 1.0);
  expect_total<Nuker>({1.7, 3.4, 0.6}, 1.0);
  expect_total<GaussianRing2Side>({0.2, 0.4}, 1.0);
  expect_total<CoreSersic>({3.0, 2.5, 4.0, 0.3}, 1.0);
}

TEST(LawTotals, ThatDivergeAreInfinite) {
  const std::vector<double> shapes{2.0, 1.9, 0.3};
  EXPECT_TRUE(std::isinf(LawOf<Nuker>(shapes).total().value));
}

}  // namespace
}  // namespace gaxel
