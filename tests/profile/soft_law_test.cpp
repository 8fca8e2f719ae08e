#include "profile/soft_law.hpp"

#include <gtest/gtest.h>

#include <boost/math/quadrature/tanh_sinh.hpp>
#include <cmath>
#include <functional>
#include <numbers>

namespace gaxel {
namespace {

// r^-gamma e^-r, whose total is 2 pi Gamma(2 - gamma).
class CuspLaw final : public SurfaceLaw {
 public:
  explicit CuspLaw(double gamma) : gamma_(gamma) {}
  bool is_radial() const override { return true; }
  std::size_t n_shapes() const override { return 1; }
  void intensity(const double* u, const double* /*v*/, std::size_t n, double* g) const override {
    for (std::size_t i = 0; i < n; ++i) g[i] = std::pow(u[i], -gamma_) * std::exp(-u[i]);
  }
  void intensity_with_partials(const double* u, const double* v, std::size_t n, double* g, double* g_u,
                               double* g_v, double* g_shapes) const override {
    intensity(u, v, n, g);
    for (std::size_t i = 0; i < n; ++i) {
      g_u[i] = -g[i] * (1.0 + gamma_ / u[i]);
      g_v[i] = 0.0;
      g_shapes[i] = -g[i] * std::log(u[i]);
    }
  }
  ShapeValue total() const override { return {2.0 * std::numbers::pi * std::tgamma(2.0 - gamma_), {}}; }
  ShapeValue intensity_at(double u) const override { return {std::pow(u, -gamma_) * std::exp(-u), {}}; }
  std::vector<LawFeature> features() const override { return {}; }
  double centre_power() const override { return 1.0; }

 private:
  double gamma_;
};

SoftLaw soft_law(double gamma, double soft) {
  return {std::make_unique<CuspLaw>(gamma), soft};
}

double light(const SoftLaw& law, double r) {
  const double v = 0.0;
  double g = 0.0;
  law.intensity(&r, &v, 1, &g);
  return g;
}

TEST(SoftLaw, KeepsTheFlux) {
  boost::math::quadrature::tanh_sinh<double> rule;
  for (const double gamma : {0.0, 0.7, 1.4}) {
    const SoftLaw law = soft_law(gamma, 0.3);
    const auto ring = [&](double r) { return 2.0 * std::numbers::pi * r * light(law, r); };
    const double found = rule.integrate(ring, 0.0, 0.3) + rule.integrate(ring, 0.3, 80.0);
    EXPECT_NEAR(found, law.total().value, 1e-11 * found) << gamma;
  }
}

TEST(SoftLaw, IsContinuousAndTheLawBeyond) {
  const SoftLaw law = soft_law(0.5, 0.3);
  const CuspLaw sharp(0.5);
  EXPECT_NEAR(light(law, 0.3 * (1.0 - 1e-12)), sharp.intensity_at(0.3).value, 1e-10);
  EXPECT_EQ(light(law, 0.4), sharp.intensity_at(0.4).value);
  EXPECT_TRUE(std::isfinite(light(law, 0.0)));
  EXPECT_LT(light(law, 0.0), sharp.intensity_at(1e-3).value);
}

TEST(SoftLaw, DerivativesAreThoseOfDifferences) {
  const double gamma = 0.6;
  const double soft = 0.3;
  const auto slope = [](const std::function<double(double)>& f, double at) {
    constexpr double kH = 1e-3;
    return (8.0 * (f(at + kH) - f(at - kH)) - f(at + 2 * kH) + f(at - 2 * kH)) / (12.0 * kH);
  };
  for (const double r : {0.05, 0.2, 0.5}) {
    double g = 0.0;
    double g_u = 0.0;
    double g_v = 0.0;
    double g_shapes[2];
    const double v = 0.0;
    const SoftLaw law = soft_law(gamma, soft);
    law.intensity_with_partials(&r, &v, 1, &g, &g_u, &g_v, g_shapes);
    EXPECT_EQ(g, light(law, r));
    EXPECT_NEAR(g_u, slope([&](double x) { return light(law, x); }, r), 1e-7);
    EXPECT_NEAR(g_shapes[0], slope([&](double x) { return light(soft_law(x, soft), r); }, gamma), 1e-7);
    EXPECT_NEAR(g_shapes[1], slope([&](double x) { return light(soft_law(gamma, x), r); }, soft), 1e-7);
  }
}

}  // namespace
}  // namespace gaxel
