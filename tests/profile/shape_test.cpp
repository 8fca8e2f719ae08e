#include <ceres/jet.h>
#include <gtest/gtest.h>

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>
#include <complex>
#include <functional>
#include <numbers>
#include <random>

#include "profile/shape/bending_modes.hpp"
#include "profile/shape/isophote.hpp"
#include "profile/shape/spiral.hpp"
#include "profile/shape/truncation.hpp"

namespace gaxel {
namespace {

using Dual = ceres::Jet<double, 1>;
constexpr double kPi = std::numbers::pi;

double integral(const std::function<double(double)>& f, double from, double to) {
  return boost::math::quadrature::gauss_kronrod<double, 61>::integrate(f, from, to, 15, 1e-13);
}

// By differences of fourth order.
double slope(const std::function<double(double)>& f, double at, double h = 1e-3) {
  return (8.0 * (f(at + h) - f(at - h)) - f(at + 2 * h) + f(at - 2 * h)) / (12.0 * h);
}

TEST(GeneralisedRadius, IsTheFormula) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> anywhere(-3.0, 3.0);
  std::uniform_real_distribution<double> exponents(0.3, 8.0);
  for (int trial = 0; trial < 200; ++trial) {
    const double u = anywhere(random);
    const double v = anywhere(random);
    const double c = exponents(random);
    const double expected = std::pow(std::pow(std::abs(u), c) + std::pow(std::abs(v), c), 1.0 / c);
    EXPECT_NEAR(generalised_radius(u, v, c), expected, 1e-13 * expected);
    const auto of_c = [&](double x) { return generalised_radius(u, v, x); };
    EXPECT_NEAR(generalised_radius(Dual(u), Dual(v), Dual(c, 0)).v[0], slope(of_c, c), 1e-8 * expected / c);
    const auto of_u = [&](double x) { return generalised_radius(x, v, c); };
    if (std::abs(u) > 0.1) {
      EXPECT_NEAR(generalised_radius(Dual(u, 0), Dual(v), Dual(c)).v[0], slope(of_u, u, 1e-4), 1e-7);
    }
  }
}

TEST(GeneralisedRadius, HasDerivativesOnTheAxes) {
  EXPECT_EQ(generalised_radius(0.0, 0.0, 1.5), 0.0);
  const Dual on_axis = generalised_radius(Dual(2.0), Dual(0.0, 0), Dual(3.0));
  EXPECT_EQ(on_axis.a, 2.0);
  EXPECT_EQ(on_axis.v[0], 0.0);
  EXPECT_EQ(generalised_radius(Dual(0.0), Dual(-2.0), Dual(2.0, 0)).v[0], 0.0);
}

TEST(FluxFactor, OfAGeneralisedEllipseIsItsAreaInClosedForm) {
  for (const double c0 : {-1.8, -1.5, -1.0, -0.3, 0.0, 0.4, 2.0, 10.0}) {
    const double c = c0 + 2.0;
    const auto closed = [](double e) {
      return 4.0 * std::exp(2.0 * std::lgamma(1.0 + 1.0 / e) - std::lgamma(1.0 + 2.0 / e)) / kPi;
    };
    Isophote<Dual> isophote;
    isophote.exponent = Dual(c, 0);
    const Dual area = isophote.flux_factor();
    EXPECT_NEAR(area.a, closed(c), 1e-13 * closed(c)) << c0;
    EXPECT_NEAR(area.v[0], slope(closed, c, 1e-3 * c), 1e-8 * closed(c) / c) << c0;
  }
}

TEST(FluxFactor, OfOneModeIsTheIntegralInClosedForm) {
  for (const std::size_t m : {1U, 2U, 5U, 10U}) {
    for (const double a : {0.0, 0.1, -0.5, 0.9}) {
      Isophote<Dual> isophote;
      isophote.fourier.set(m, Dual(a, 0), Dual(0.7));
      const Dual factor = isophote.flux_factor();
      EXPECT_NEAR(factor.a, std::pow(1.0 - a * a, -1.5), 1e-12 * factor.a) << m << " " << a;
      EXPECT_NEAR(factor.v[0], 3.0 * a * std::pow(1.0 - a * a, -2.5), 1e-10 * factor.a) << m << " " << a;
    }
  }
}

TEST(FluxFactor, OfACombinationIsTheMeanOverTheAngles) {
  for (const double c : {0.6, 1.3, 2.0, 4.5}) {
    Isophote<double> isophote;
    isophote.exponent = c;
    isophote.fourier.set(1, 0.2, 0.4);
    isophote.fourier.set(4, -0.15, 1.0);
    isophote.asymmetry.emplace(0.3, -0.8);
    const auto f = [&](double t) {
      const double e =
          std::pow(std::pow(std::abs(std::cos(t)), c) + std::pow(std::abs(std::sin(t)), c), 1.0 / c);
      const double g = 1.0 - 0.2 * std::cos(t - 0.4) + 0.15 * std::cos(4.0 * (t - 1.0));
      return (1.0 - 0.3 * std::cos(t + 0.8)) / (e * e * g * g);
    };
    double mean = 0.0;
    // x^8 in place of x takes the singularities away.
    for (int quarter = 0; quarter < 4; ++quarter) {
      const double axis = 0.5 * kPi * quarter;
      for (const double sign : {-1.0, 1.0}) {
        mean +=
            integral(
                [&](double x) { return f(axis + sign * 0.25 * kPi * std::pow(x, 8)) * 8 * std::pow(x, 7); },
                0.0, 1.0) /
            8.0;
      }
    }
    EXPECT_NEAR(isophote.flux_factor(), mean, 2e-12 * mean) << c;
  }
}

TEST(Bending, IsThePolynomial) {
  BendingModes<double> bending;
  bending.set(1, 0.3, 2.0);
  bending.set(3, -0.7, 2.0);
  const double u = 1.7;
  EXPECT_NEAR(bending.bent(u, 0.4), 0.4 + 0.3 * u / 2.0 - 0.7 * std::pow(u / 2.0, 3), 1e-15);
}

TEST(Spiral, TurnsByThePublishedAngle) {
  const double out = 1.4;
  const double a = 0.92 / (out + 0.46) - 1.00001;
  const double b = (2.0 - std::atanh(a)) * 30.0 / (30.0 - 5.0);
  for (const double r : {0.01, 4.0, 12.0, 30.0, 80.0}) {
    const double start = 0.5 * (std::tanh(b * (r / 30.0 - 1.0) + 2.0) + 1.0);
    const Spiral<double> power(SpiralForm::kPower, out, 5.0, 30.0, 0.8, 0.6, 0.3);
    EXPECT_NEAR(power.angle(r), out * start * std::pow(0.5 * (r / 30.0 + 1.0), 0.8), 1e-13);
    const Spiral<double> logarithm(SpiralForm::kLogarithmic, out, 5.0, 30.0, 7.0, 0.6, 0.3);
    EXPECT_NEAR(logarithm.angle(r), out * start * std::log(r / 7.0 + 1.0) / std::log(30.0 / 7.0 + 1.0),
                1e-13);
  }
}

TEST(Spiral, UnwindsInThePlaneOfTheDisc) {
  const Spiral<double> spiral(SpiralForm::kPower, -2.0, 0.0, 20.0, -0.5, 0.6, 0.3);
  for (const double angle : {0.1, 2.0, 4.0}) {
    double x = 9.0 * std::cos(angle);
    double y = 9.0 * std::sin(angle);
    const std::complex<double> sky = std::complex(x, y) * std::polar(1.0, -0.3);
    const std::complex<double> disc(sky.real(), sky.imag() / std::cos(0.6));
    const std::complex<double> unwound = disc * std::polar(1.0, -spiral.angle(std::abs(disc)));
    spiral.unwind(x, y);
    EXPECT_NEAR(x, unwound.real(), 1e-13);
    EXPECT_NEAR(y, unwound.imag(), 1e-13);
  }
}

TEST(Truncation, IsThePublishedFunction) {
  const double r_break = 8.0;
  const double r_soft = 5.0;
  const double b = 2.65 - 4.98 * r_break / (r_break - r_soft);
  const Truncation<double> truncation(r_break, r_break - r_soft);
  for (const double r : {0.0, 3.0, 5.0, 7.0, 8.0, 20.0}) {
    const double p = 0.5 * (std::tanh((2.0 - b) * r / r_break + b) + 1.0);
    EXPECT_NEAR(truncation.share(r), p, 1e-15);
    EXPECT_NEAR(truncation.rest(r), 1.0 - p, 1e-15);
  }
  EXPECT_NEAR(truncation.share(8.0), 0.982, 1e-4);
  EXPECT_LT(truncation.share(5.0), 0.01);
}

// tanh and cosh of the published form, far out and sharp: where the powers of the exponential overflow.
TEST(Truncation, HasDerivativesFarFromItAndWhereItIsSharp) {
  for (const auto& [r_break, softening] : {std::pair{12.0, 4.0}, {30.0, 0.3}, {2.0, 0.01}}) {
    const double slope = 4.98 / softening - 0.65 / r_break;
    const Truncation<Dual> truncation(Dual(r_break), Dual(softening));
    for (const double r : {0.0, 0.5 * r_break, r_break - 0.4 * softening, 1.1 * r_break, 700.0, 4000.0}) {
      const double cosine = std::cosh(slope * (r - r_break) + 2.0);
      const double expected = 0.5 * slope / (cosine * cosine);  // 0 where the cosine overflows
      EXPECT_NEAR(truncation.share(Dual(r, 0)).v[0], expected, 1e-12 * slope) << r_break << ' ' << r;
      EXPECT_NEAR(truncation.rest(Dual(r, 0)).v[0], -expected, 1e-12 * slope) << r_break << ' ' << r;
    }
  }
}

}  // namespace
}  // namespace gaxel
