// Second derivatives of a profile's transform and of the window, against differences of the first.
#include "integrate/transform_rates.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <vector>

#include "integrate/core_window.hpp"
#include "profile/sersic.hpp"

namespace gaxel {
namespace {

constexpr std::size_t kColumns = 37;
constexpr double kStepX = 0.06;
constexpr double kRow = -0.7;
constexpr std::array kWeights = {45.0 / 60.0, -9.0 / 60.0, 1.0 / 60.0};

using Values = std::array<double, 7>;
constexpr std::array kParameters = {LightParameter::kX,    LightParameter::kY,      LightParameter::kFlux,
                                    LightParameter::kRe,   LightParameter::kShape1, LightParameter::kQ,
                                    LightParameter::kTheta};

struct Row {
  std::vector<double> re = std::vector<double>(kColumns);
  std::vector<double> im = std::vector<double>(kColumns);
};

// A profile and its table, which holds for a window of 11 pixels.
struct Galaxy {
  SersicLaw law;
  EllipseFrame frame;
  double flux;

  explicit Galaxy(const Values& v) : law(v[4]), frame(v[0], v[1], v[3], v[5], v[6]), flux(v[2]) {}

  HankelTable table(const double* shape_rates) const {
    return HankelTable(law, {11.0 / (frame.q * frame.re), 4.5 * frame.re, 3e-9, true, shape_rates});
  }
};

Row first_derivative(const Values& at, LightParameter parameter) {
  const Galaxy galaxy(at);
  const HankelTable table = galaxy.table(nullptr);
  const TransformWeights weights =
      derivative_transform(galaxy.law, galaxy.frame, galaxy.flux, kOwnFlux, parameter);
  Row row;
  double* const re = row.re.data();
  double* const im = row.im.data();
  TransformRows(table, galaxy.frame, kStepX, kColumns).row(kRow, kColumns, {&weights, 1}, {&re, 1}, {&im, 1});
  return row;
}

TEST(TransformRates, AreDifferencesOfTheFirstDerivatives) {
  const Values steps{0.3, -0.2, 0.4, 0.3, 0.2, 0.05, 0.3};
  LightDirection direction{};
  for (std::size_t p = 0; p < steps.size(); ++p) {
    direction[static_cast<std::size_t>(kParameters[p])] = steps[p];
  }
  // Without wings, so that the window does not move with the size; the second has octaves of kappa.
  for (const Values& at :
       {Values{7.3, 4.1, 2.0, 2.5, 0.6, 0.6, 0.4}, Values{7.3, 4.1, 2.0, 1.5, 0.5, 0.3, 0.4}}) {
    const Galaxy galaxy(at);
    const ProfileLight light{galaxy.law, galaxy.frame, galaxy.flux};
    const LightRates rates(light, direction, {});
    const HankelTable table = galaxy.table(rates.shapes.data());
    ASSERT_FALSE(table.has_wings());
    const TransformRows rows(table, galaxy.frame, kStepX, kColumns);
    std::mt19937_64 random(2);
    std::normal_distribution<double> normal;
    Row cotangent;
    for (std::size_t j = 0; j < kColumns; ++j) {
      cotangent.re[j] = normal(random);
      cotangent.im[j] = normal(random);
    }
    for (const LightParameter parameter : kParameters) {
      Row exact;
      constexpr double kStep = 0.02;
      for (std::size_t k = 0; k < kWeights.size(); ++k) {
        for (const double side : {1.0, -1.0}) {
          Values moved = at;
          const double by = side * kStep * static_cast<double>(k + 1);
          for (std::size_t p = 0; p < moved.size(); ++p) moved[p] += by * steps[p];
          const Row row = first_derivative(moved, parameter);
          for (std::size_t j = 0; j < kColumns; ++j) {
            exact.re[j] += side * kWeights[k] / kStep * row.re[j];
            exact.im[j] += side * kWeights[k] / kStep * row.im[j];
          }
        }
      }
      Row found;
      double* const re = found.re.data();
      double* const im = found.im.data();
      const SecondTransformWeights weights = second_transform(light, rates, parameter);
      second_transform_row(rows, TransformRates(rates), kRow, kColumns, {&weights, 1}, {&re, 1}, {&im, 1});
      double size = 0.0;
      double product = 0.0;
      for (std::size_t j = 0; j < kColumns; ++j) {
        size = std::max({size, std::abs(exact.re[j]), std::abs(exact.im[j])});
        product += cotangent.re[j] * found.re[j] - cotangent.im[j] * found.im[j];
      }
      for (std::size_t j = 0; j < kColumns; ++j) {
        EXPECT_NEAR(found.re[j], exact.re[j], 1e-8 * size) << static_cast<int>(parameter) << " " << j;
        EXPECT_NEAR(found.im[j], exact.im[j], 1e-8 * size) << static_cast<int>(parameter) << " " << j;
      }
      double sum = 0.0;
      second_transform_row_adjoint(rows, TransformRates(rates), kRow, kColumns, {&weights, 1},
                                   cotangent.re.data(), cotangent.im.data(), {&sum, 1});
      EXPECT_NEAR(sum, product, 1e-13 * size * kColumns);
    }
  }
}

TEST(TransformRates, OfAnExponentialToItsSizeAreTheClosedForm) {
  // H = (1 + x^2)^(-3/2), x = kappa / b; twice to re, at re = 1: x^2 H''.
  const SersicLaw law(1.0);
  const double b = law.constants().b;
  const EllipseFrame circle(0.0, 0.0, 1.0, 1.0, 0.0);
  const ProfileLight light{law, circle, 1.0};
  LightDirection direction{};
  direction[static_cast<std::size_t>(LightParameter::kRe)] = 1.0;
  const LightRates rates(light, direction, {});
  for (const double radius : {3.0, 30.0}) {  // with octaves whose windows shrink, and without a window
    const HankelTable table(law, {radius, 900.0, 1e-9, true, rates.shapes.data()});
    constexpr std::size_t kMany = 1200;
    const double step = 0.7 / b;
    std::vector<double> found(kMany);
    std::vector<double> imaginary(kMany);
    double* const re = found.data();
    double* const im = imaginary.data();
    const SecondTransformWeights weights = second_transform(light, rates, LightParameter::kRe);
    second_transform_row(TransformRows(table, circle, step, kMany), TransformRates(rates), 0.0, kMany,
                         {&weights, 1}, {&re, 1}, {&im, 1});
    const double first = table.has_wings() ? 400.0 : 0.0;  // beyond, only the centre counts
    for (std::size_t j = 0; j < kMany; ++j) {
      const double kappa = step * static_cast<double>(j);
      if (kappa < first) continue;
      const double x = kappa / b;
      const double exact = x * x * (12.0 * x * x - 3.0) * std::pow(1.0 + x * x, -3.5);
      EXPECT_NEAR(found[j], exact, 2e-9) << radius << " " << kappa;
    }
  }
}

// g = 1 / (1 + s), its slope, and as a derivative to a shape s g, in the part of the window.
struct Windowed {
  double g;
  double g_s;
  double g_shape;
};

Windowed windowed(double s, WindowPart part) {
  const double g = 1.0 / (1.0 + s);
  Windowed w{g, -g * g, s * g};
  apply_window(2.0, part, &s, 1, {&w.g, &w.g_s, &w.g_shape, 1});
  return w;
}

TEST(TransformRates, OfTheWindowAreDifferences) {
  for (const WindowPart part : {WindowPart::kCore, WindowPart::kWings}) {
    for (const double s : {0.5, 2.0, 4.5, 9.0, 13.0, 17.0}) {
      const double s_rate = -0.7;
      const double g = 1.0 / (1.0 + s);
      Windowed values{g, -g * g, s * g};
      Windowed rates{-g * g * s_rate, 2.0 * g * g * g * s_rate, g * g * s_rate};
      apply_window_with_rates(2.0, part, &s, &s_rate, 1, 1, {&values.g, &values.g_s, &values.g_shape},
                              {&rates.g, &rates.g_s, &rates.g_shape});
      const Windowed known = windowed(s, part);
      EXPECT_NEAR(values.g, known.g, 1e-15);
      EXPECT_NEAR(values.g_s, known.g_s, 1e-15);
      EXPECT_NEAR(values.g_shape, known.g_shape, 1e-14);
      Windowed exact{};
      constexpr double kStep = 0.01;
      for (std::size_t k = 0; k < kWeights.size(); ++k) {
        const double by = kStep * static_cast<double>(k + 1);
        const Windowed above = windowed(s + by * s_rate, part);
        const Windowed below = windowed(s - by * s_rate, part);
        exact.g += kWeights[k] / kStep * (above.g - below.g);
        exact.g_s += kWeights[k] / kStep * (above.g_s - below.g_s);
        exact.g_shape += kWeights[k] / kStep * (above.g_shape - below.g_shape);
      }
      EXPECT_NEAR(rates.g, exact.g, 1e-9) << s;
      EXPECT_NEAR(rates.g_s, exact.g_s, 1e-9) << s;
      EXPECT_NEAR(rates.g_shape, exact.g_shape, 1e-9) << s;
    }
  }
}

}  // namespace
}  // namespace gaxel
