// The study's own figures from C++: its galaxy, its rules, its refinement.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "gaxel/integration.hpp"
#include "gaxel/quadrature.hpp"

namespace gaxel {
namespace {

// mag -7.5, log_re 0.9, log_n 0.7, x 0.2, y 0.3, q 0.1, theta 0.1, on 90 x 100 pixels from the image's
// centre.
class SeedFigures : public testing::Test {
 protected:
  std::unique_ptr<Integrand> galaxy_ = light_integrand(
      {&component_kind("sersic"), {0.2, 0.3, 1000.0, std::pow(10.0, 0.9), std::pow(10.0, 0.7), 0.1, 0.1}});
  Points pixels_ = get_ij({90, 100});
};

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = 0.0;
  for (std::size_t k = 0; k < a.size(); ++k) largest = std::max(largest, std::abs(a[k] - b[k]));
  return largest;
}

TEST_F(SeedFigures, LightAtTheImagesCentre) {
  const double i = 0.0;
  const double j = 0.0;
  double value = 0.0;
  galaxy_->evaluate({&i, 1}, {&j, 1}, {&value, 1});
  EXPECT_NEAR(value, 38.83, 0.005);
}

TEST_F(SeedFigures, RulesAgreeOrDoNot) {
  const NestedPixelRule nested = nested_rule(gauss_kronrod(15));
  const std::vector<double> g7 = integrate_pixels(*galaxy_, pixels_, nested.gauss);
  const std::vector<double> gl7 = gauss_legendre_tensor_integration(*galaxy_, pixels_, 7);
  const std::vector<double> k15 = integrate_pixels(*galaxy_, pixels_, nested.kronrod());
  EXPECT_LT(largest_difference(g7, gl7), 2e-13);
  EXPECT_NEAR(largest_difference(k15, g7), 34.0, 1.0);
  EXPECT_EQ(nested.added.size(), 176U);
  // 49 nodes used again, 176 new ones: the same as all 225.
  PixelRule again = nested.gauss;
  again.weights = nested.shared_weights;
  std::vector<double> sum = integrate_pixels(*galaxy_, pixels_, again);
  const std::vector<double> added = integrate_pixels(*galaxy_, pixels_, nested.added);
  for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += added[k];
  EXPECT_LT(largest_difference(sum, k15), 2e-13);
}

TEST_F(SeedFigures, RefinementReachesWhatNoRuleDoes) {
  // The brightest pixel's flux, by scipy's line integrals (tests/python/exact_pixels.py).
  constexpr double kBrightest = 116.2575698760765;
  const std::vector<double> refined = integrate_with_subpixel_refinement(*galaxy_, pixels_);
  const std::vector<double> cc7 = clencurt_tensor_integration(*galaxy_, pixels_, 7);
  const double brightest = *std::max_element(refined.begin(), refined.end());
  EXPECT_NEAR(brightest, kBrightest, 0.01);
  EXPECT_GT(std::abs(*std::max_element(cc7.begin(), cc7.end()) - kBrightest), 1.0);
  const SubpixelRefinement plan = prepare_subpixel_refinements(*galaxy_, pixels_);
  EXPECT_EQ(plan.n_to_refine(), 900);
  EXPECT_EQ(plan.idx_to_refine().size(), 5U);
}

}  // namespace
}  // namespace gaxel
