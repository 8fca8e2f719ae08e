// A law that the tree has never seen: a Moffat profile with no vectors of its own, against plain quadrature.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "gaxel/quadrature.hpp"
#include "integrate/execute.hpp"

namespace gaxel {
namespace {

// g(s) = (beta - 1) / pi (1 + s)^-beta.
class MoffatLaw final : public RadialLaw {
 public:
  explicit MoffatLaw(double beta) : beta_(beta) {}

  std::size_t n_shapes() const override { return 1; }
  double value(double s) const override {
    return (beta_ - 1.0) * std::numbers::inv_pi * std::pow(1.0 + s, -beta_);
  }
  void evaluate(const double* s, std::size_t n, double* g) const override {
    for (std::size_t k = 0; k < n; ++k) g[k] = value(s[k]);
  }
  void evaluate_with_partials(const double* s, std::size_t n, double* g, double* g_s,
                              double* g_shape) const override {
    for (std::size_t k = 0; k < n; ++k) {
      const double at = s[k];
      g[k] = value(at);
      g_s[k] = -beta_ * g[k] / (1.0 + at);
      g_shape[k] = g[k] * (1.0 / (beta_ - 1.0) - std::log1p(at));
    }
  }
  void log_values(const double* s, std::size_t n, double* log_g) const override {
    for (std::size_t k = 0; k < n; ++k) log_g[k] = std::log(value(s[k]));
  }
  // |1 + s| >= 1 + Re s, and >= 0.
  void log_bounds(const ComplexReach& reach, float* bounds) const override {
    for (std::size_t k = 0; k < reach.n; ++k) {
      const double distance = std::max(1.0 + double{reach.real[k]}, 1e-30);
      bounds[k] =
          static_cast<float>(std::log((beta_ - 1.0) * std::numbers::inv_pi) - beta_ * std::log(distance));
    }
  }
  void enclosed(const double* s, std::size_t n, double* mean, double* d_shape) const override {
    for (std::size_t k = 0; k < n; ++k) {
      const double log_rest = (1.0 - beta_) * std::log1p(s[k]);
      mean[k] = -std::expm1(log_rest) / (2.0 * std::numbers::pi * s[k]);
      if (d_shape != nullptr) {
        d_shape[k] = std::exp(log_rest) * std::log1p(s[k]) / (2.0 * std::numbers::pi * s[k]);
      }
    }
  }
  double enclosed_rounding() const override { return 1e-14; }
  double rounding(double, double s_rounding) const override { return 1e-14 + beta_ * s_rounding; }
  CuspSampling cusp_sampling() const override { return {2.0, 1e-16}; }

 private:
  double beta_;
};

double pixel_by_quadrature(const MoffatLaw& law, const EllipseFrame& f, int row, int col) {
  constexpr int kPieces = 4;
  const QuadratureRule& rule = gauss_legendre(20);
  const double half = 0.5 / kPieces;
  double sum = 0.0;
  for (int a = 0; a < kPieces; ++a) {
    for (int b = 0; b < kPieces; ++b) {
      for (std::size_t i = 0; i < rule.size(); ++i) {
        for (std::size_t j = 0; j < rule.size(); ++j) {
          const double x = col - 0.5 + half * (2 * a + 1 + rule.nodes[i]);
          const double y = row - 0.5 + half * (2 * b + 1 + rule.nodes[j]);
          sum += rule.weights[i] * rule.weights[j] * law.value(f.s(x, y));
        }
      }
    }
  }
  return sum * half * half * f.area_factor();
}

TEST(AnyLaw, KeepsTheToleranceAndTheBound) {
  const Grid grid{{40, 43}, 0.0, 0.0, 1.0};
  for (const double beta : {1.5, 2.5, 4.8}) {
    for (const double q : {1.0, 0.3}) {
      const MoffatLaw law(beta);
      const EllipseFrame f(20.3, 17.8, 2.2, q, 0.6);
      for (const PixelTolerance tolerance : {PixelTolerance{1e-7, 1e-4}, PixelTolerance{1e-11, 1e-8}}) {
        const Plan plan = prepare(law, f, {grid, {0, 40}, tolerance});
        EXPECT_FALSE(plan.tiles.empty());
        Image image(grid.shape);
        Image bound(grid.shape);
        execute(plan, {law, f, 1.0}, Write::kReplace, image.view());
        add_error_bound(plan, {law, f, 1.0}, bound.view());
        for (int row = 0; row < 40; ++row) {
          for (int col = 0; col < 43; ++col) {
            const double exact = pixel_by_quadrature(law, f, row, col);
            const double error = std::max(0.0, std::abs(image(row, col) - exact) - 1e-14 * exact);
            ASSERT_LE(error, tolerance.absolute + tolerance.relative * exact)
                << "beta " << beta << " q " << q << " at " << row << " " << col;
            ASSERT_LE(error, bound(row, col)) << "beta " << beta << " q " << q << " at " << row << " " << col;
          }
        }
        EXPECT_LT(count_work(plan).n_evaluations, 40 * 43 * 16);
      }
    }
  }
}

TEST(AnyLaw, DerivativesAreThoseOfDifferences) {
  const Grid grid{{24, 24}, 0.0, 0.0, 1.0};
  const std::array parameters = {LightParameter::kX, LightParameter::kRe, LightParameter::kShape1,
                                 LightParameter::kQ, LightParameter::kTheta};
  const std::array<double, 5> at = {11.6, 2.2, 2.5, 0.4, 0.6};  // x, re, beta, q, theta
  const auto render = [&](const std::array<double, 5>& p, std::span<const ImageView> derivatives) {
    const MoffatLaw law(p[2]);
    const EllipseFrame f(p[0], 12.3, p[1], p[3], p[4]);
    const Plan plan = prepare(law, f, {grid, {0, 24}, {1e-14, 1e-11}});
    Image image(grid.shape);
    if (derivatives.empty()) {
      execute(plan, {law, f, 1.0}, Write::kReplace, image.view());
    } else {
      execute_with_derivatives(plan, {law, f, 1.0}, parameters, Write::kReplace, image.view(), derivatives);
    }
    return image;
  };
  std::vector<Image> derivatives(parameters.size(), Image(grid.shape));
  std::vector<ImageView> views;
  for (Image& derivative : derivatives) views.push_back(derivative.view());
  render(at, views);
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    const double h = 1e-3;
    const auto shifted = [&](double by) {
      std::array<double, 5> moved = at;
      moved[p] += by;
      return render(moved, {});
    };
    const Image far_up = shifted(2 * h);
    const Image up = shifted(h);
    const Image down = shifted(-h);
    const Image far_down = shifted(-2 * h);
    double largest = 0.0;
    for (const double pixel : derivatives[p].pixels()) largest = std::max(largest, std::abs(pixel));
    for (std::size_t k = 0; k < up.size(); ++k) {
      const double difference =
          (8.0 * (up.data()[k] - down.data()[k]) - (far_up.data()[k] - far_down.data()[k])) / (12.0 * h);
      EXPECT_NEAR(derivatives[p].data()[k], difference, 1e-8 * largest) << p << " " << k;
    }
  }
}

}  // namespace
}  // namespace gaxel
