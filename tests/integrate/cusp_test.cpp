// The closed form of the cusp and its moments against closed forms and independent quadrature.
#include "integrate/cusp.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "gaxel/quadrature.hpp"
#include "integrate/plan.hpp"
#include "integrate/sampled_light.hpp"
#include "profile/sersic.hpp"

namespace gaxel {
namespace {

TEST(Cusp, GaussianIsAProductOfErrorFunctions) {
  const double re = 1.7;
  const double q = 0.3;
  const SersicLaw law(0.5);
  // exp(-ln2 r^2 / re^2): sigma along the axes.
  const double sx = re / std::sqrt(2.0 * std::numbers::ln2);
  const double sy = q * sx;
  const auto part = [](double from, double to, double sigma) {
    return 0.5 *
           (std::erf(to / (sigma * std::numbers::sqrt2)) - std::erf(from / (sigma * std::numbers::sqrt2)));
  };
  for (const auto& [x0, y0] : {std::pair{0.0, 0.0}, {0.5, 0.5}, {0.5, 0.0}, {0.123, -0.4}, {3.0, 0.7}}) {
    const EllipseFrame f(x0, y0, re, q, 0.0);
    const Moments m = cusp_moments(law, f, box_about(0.0, 0.0, 0.5, 0.5), true);
    const double exact = part(-0.5 - x0, 0.5 - x0, sx) * part(-0.5 - y0, 0.5 - y0, sy);
    EXPECT_NEAR(m[kFlux], exact, cusp_error(law, f)) << x0 << " " << y0;
    // For g = exp(-ln2 s)/..., dg/ds = -ln2 g and every moment follows from the error functions, e.g. that of
    // u:
    const auto first = [](double from, double to, double sigma) {
      const double norm = sigma / std::sqrt(2.0 * std::numbers::pi);
      return norm *
             (std::exp(-0.5 * from * from / (sigma * sigma)) - std::exp(-0.5 * to * to / (sigma * sigma)));
    };
    const double mean_u = first(-0.5 - x0, 0.5 - x0, sx) / re * part(-0.5 - y0, 0.5 - y0, sy);
    EXPECT_NEAR(m[kU], -std::numbers::ln2 * mean_u, 2e-14) << x0 << " " << y0;
  }
}

TEST(Cusp, AdditiveOverABoxThatIsCut) {
  for (const double n : {0.1, 0.4, 1.0, 4.0, 11.0, 20.0}) {
    const SersicLaw law(n);
    for (const auto& [x0, y0] : {std::pair{0.0, 0.0}, {0.5, 0.5}, {0.1, -0.2}, {-0.5, 0.3}}) {
      const EllipseFrame f(x0, y0, 0.8, 0.2, 0.9);
      const Moments whole = cusp_moments(law, f, box_about(0.0, 0.0, 0.5, 0.5), true);
      Moments parts{};
      for (const Box& box :
           {Box{-0.5, 0.1, -0.5, 0.2}, {0.1, 0.5, -0.5, 0.2}, {-0.5, 0.1, 0.2, 0.5}, {0.1, 0.5, 0.2, 0.5}}) {
        const Moments part = cusp_moments(law, f, box, true);
        for (std::size_t m = 0; m < kMaxMoments; ++m) {
          parts[m] += part[m];
        }
      }
      for (std::size_t m = 0; m < kMaxMoments; ++m) {
        // A centre on a cut is a rounding away from it, and g reaches its central value within that.
        const double allowed = m == kFlux ? 2.0 * cusp_error(law, f)
                                          : 1e-13 * (1.0 + std::abs(whole[m])) + 1e-15 * law.value(0.0);
        EXPECT_NEAR(parts[m], whole[m], allowed) << "n " << n << " moment " << m;
      }
    }
  }
}

TEST(Cusp, MomentsAgreeWithQuadratureAwayFromTheCentre) {
  for (const double n : {0.3, 1.0, 3.0, 12.0}) {
    const SersicLaw law(n);
    const EllipseFrame f(0.2, -0.1, 3.0, 0.5, 0.4);
    const Box box{2.5, 3.5, 1.5, 2.5};
    const Moments m = cusp_moments(law, f, box, true);
    Moments sums{};
    const QuadratureRule& rule = gauss_legendre(40);
    for (std::size_t i = 0; i < rule.nodes.size(); ++i) {
      for (std::size_t j = 0; j < rule.nodes.size(); ++j) {
        const double x = 3.0 + 0.5 * rule.nodes[i] - f.x0;
        const double y = 2.0 + 0.5 * rule.nodes[j] - f.y0;
        const double u = f.a * x + f.b * y;
        const double v = f.c * x + f.d * y;
        const double s = u * u + v * v;
        double g = 0.0;
        double g_s = 0.0;
        double g_n = 0.0;
        law.evaluate_with_partials(&s, 1, &g, &g_s, &g_n);
        const double w = 0.25 * rule.weights[i] * rule.weights[j] * f.area_factor();
        const Moments at{g, g_s * u, g_s * v, g_s * u * u, g_s * v * v, g_s * u * v, g_n};
        for (std::size_t k = 0; k < kMaxMoments; ++k) {
          sums[k] += w * at[k];
        }
      }
    }
    for (std::size_t k = 0; k < kMaxMoments; ++k) {
      EXPECT_NEAR(m[k], sums[k], 2e-14) << "n " << n << " moment " << k;
    }
  }
}

}  // namespace
}  // namespace gaxel
