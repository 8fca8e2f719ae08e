// The transform of a profile's core against closed forms and quadrature in extended range.
#include "integrate/hankel_table.hpp"

#include <gtest/gtest.h>

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/quadrature/tanh_sinh.hpp>
#include <boost/math/special_functions/bessel.hpp>
#include <cmath>
#include <numbers>
#include <vector>

#include "integrate/core_window.hpp"
#include "integrate/transform_kernel.hpp"
#include "profile/ferrers.hpp"
#include "profile/moffat.hpp"
#include "profile/sersic.hpp"

namespace gaxel {
namespace {

constexpr double kPi = std::numbers::pi;

// H at the given kappa, through the vectors of the look-up.
std::vector<double> looked_up(const HankelTable& table, double step, std::size_t n,
                              const TransformWeights& weights = image_weights(1.0)) {
  const EllipseFrame circle(0.0, 0.0, 1.0, 1.0, 0.0);
  std::vector<double> re(n);
  std::vector<double> im(n);
  double* const re_at = re.data();
  double* const im_at = im.data();
  TransformRows(table, circle, step, n).row(0.0, n, {&weights, 1}, {&re_at, 1}, {&im_at, 1});
  for (const double value : im) EXPECT_EQ(value, 0.0);
  return re;
}

// By panels short beside the period of J0; the first one holds the cusp.
double quadrature(const RadialLaw& law, double radius, bool windowed, double kappa) {
  const auto f = [&](double r) {
    const double share = windowed ? window_value(r / radius) : 1.0;
    return 2.0 * kPi * law.value(r * r) * share * boost::math::cyl_bessel_j(0, kappa * r) * r;
  };
  using boost::math::quadrature::gauss_kronrod;
  boost::math::quadrature::tanh_sinh<double> of_cusp(12);
  const double end = 2.0 * radius;
  const int panels = 8 + static_cast<int>(kappa * end / 4.0);
  double sum = of_cusp.integrate(f, 0.0, end / panels, 1e-13);
  for (int i = 1; i < panels; ++i)
    sum += gauss_kronrod<double, 31>::integrate(f, end * i / panels, end * (i + 1) / panels, 4, 1e-13);
  return sum;
}

TEST(HankelTable, OfGaussianAndExponentialIsTheClosedForm) {
  const SersicLaw gaussian(0.5);
  const double b = gaussian.constants().b;
  const HankelTable of_gaussian(gaussian, {10.0, 40.0, 1e-9, false});
  ASSERT_FALSE(of_gaussian.has_wings());
  EXPECT_LT(of_gaussian.error(), 1e-9);
  const std::vector<double> h = looked_up(of_gaussian, 0.1, 400);
  for (std::size_t j = 0; j < h.size(); ++j) {
    const double kappa = 0.1 * static_cast<double>(j);
    EXPECT_NEAR(h[j], std::exp(-kappa * kappa / (4.0 * b)), of_gaussian.error()) << kappa;
  }
  const SersicLaw exponential(1.0);
  const double scale = 1.0 / exponential.constants().b;
  const HankelTable of_exponential(exponential, {30.0, 900.0, 1e-9, false});
  ASSERT_FALSE(of_exponential.has_wings());
  const std::vector<double> e = looked_up(of_exponential, 0.7, 1200);
  for (std::size_t j = 0; j < e.size(); ++j) {
    const double kappa = 0.7 * static_cast<double>(j) * scale;
    EXPECT_NEAR(e[j], std::pow(1.0 + kappa * kappa, -1.5), of_exponential.error()) << kappa;
  }
}

TEST(HankelTable, OfCoresIsTheIntegral) {
  for (const double n : {0.7, 1.0, 4.0, 10.0}) {
    const SersicLaw law(n);
    for (const double radius : {0.2, 2.0}) {
      const double last = 12.0 * 30.0 / radius;
      const HankelTable table(law, {radius, last, 1e-8, false});
      EXPECT_LT(table.error(), 3e-9) << n << " " << radius;
      const double step = last / 41.0;
      const std::vector<double> h = looked_up(table, step, 41);
      for (std::size_t j = 0; j < h.size(); j += 4) {
        const double exact =
            quadrature(law, table.radius(), table.has_wings(), step * static_cast<double>(j));
        EXPECT_NEAR(h[j], exact, table.error() + 1e-12) << n << " " << radius << " " << j;
      }
    }
  }
}

TEST(HankelTable, OfALawWithAnEdgeGoesOnToTheLastFrequency) {
  const FerrersLaw law(1.0, 0.0);  // H = 8 J2(kappa) / kappa^2
  const HankelTable table(law, {2.0, 300.0, 1e-9, true});
  EXPECT_LT(table.error(), 1e-9);
  const std::vector<double> h = looked_up(table, 1.0, 300);
  for (std::size_t j = 1; j < h.size(); ++j) {
    const auto kappa = static_cast<double>(j);
    EXPECT_NEAR(h[j], 8.0 * boost::math::cyl_bessel_j(2, kappa) / (kappa * kappa), table.error()) << kappa;
  }
}

TEST(HankelTable, TellsWhatItCannotHold) {
  // Too sharp an edge for its size beside the wave length.
  EXPECT_GT(HankelTable(FerrersLaw(0.5, 0.0), {2.0, 1e5, 1e-9, false}).error(), 1e-9);
}

TEST(HankelTable, DerivativesAreThoseOfTheTransform) {
  const double step = 1e-5;
  const HankelRequest request{3.0, 120.0, 1e-8, true};
  const MoffatLaw law(2.5);
  const HankelTable table(law, request);
  TransformWeights shape;
  shape.shapes[0] = 1.0;
  const std::vector<double> slope = looked_up(table, 0.9, 130, shape);
  const auto above = looked_up(HankelTable(MoffatLaw(2.5 + step), request), 0.9, 130);
  const auto below = looked_up(HankelTable(MoffatLaw(2.5 - step), request), 0.9, 130);
  for (std::size_t j = 0; j < slope.size(); ++j) {
    EXPECT_NEAR(slope[j], (above[j] - below[j]) / (2.0 * step), 1e-8) << j;
  }
}

TEST(CoreWindow, FallsFromOneToNothing) {
  EXPECT_NEAR(window_value(0.0), 1.0, 1e-15);
  EXPECT_NEAR(window_value(1.0), 0.5, 1e-15);
  EXPECT_EQ(window_value(2.0), 0.0);
  // Core and wings are the whole, and so are their slopes.
  const std::vector<double> s{1e-2, 0.3, 2.0, 7.0, 15.0, 17.0};
  std::vector<double> core(s.size(), 1.0);
  std::vector<double> core_slope(s.size(), -3.0);
  std::vector<double> wings(core);
  std::vector<double> wings_slope(core_slope);
  apply_window(2.0, WindowPart::kCore, s.data(), s.size(), {core.data(), core_slope.data(), nullptr, 0});
  apply_window(2.0, WindowPart::kWings, s.data(), s.size(), {wings.data(), wings_slope.data(), nullptr, 0});
  for (std::size_t i = 0; i < s.size(); ++i) {
    EXPECT_NEAR(core[i], window_value(std::sqrt(s[i]) / 2.0), 1e-13);
    EXPECT_NEAR(core[i] + wings[i], 1.0, 1e-12);
    EXPECT_NEAR(core_slope[i] + wings_slope[i], -3.0, 1e-10);
  }
}

}  // namespace
}  // namespace gaxel
