// A-priori errors: the ellipses in the complex plane, and what they promise against measured errors.
#include "integrate/group_bounds.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <random>
#include <string>

#include "base/simd_target.hpp"
#include "integrate/sampled_light.hpp"
#include "profile/sersic.hpp"

namespace gaxel {
namespace {

// The bounds of a single group.
class OneGroup {
 public:
  OneGroup(const RadialLaw& law, const EllipseFrame& frame, const CellGroup& group) : bounds_(law, frame) {
    bounds_.add(group);
    bounds_.evaluate();
  }

  double mean_error(int kx, int ky) const {
    bounds_.set_quadrature(0, {kx, ky});
    bounds_.find_errors();
    return bounds_.error(0);
  }
  double interpolation_error(int kx, int ky) const {
    bounds_.set_interpolation(0, {kx, ky});
    bounds_.find_errors();
    return bounds_.error(0);
  }
  double log_min() const { return bounds_.log_min(0); }
  double log_max() const { return bounds_.log_max(0); }

 private:
  mutable GroupBounds bounds_;
};

// On a line through a cell s = unit^2 (t - z)(t - conj z): every point of every ellipse lies in its region.
TEST(BernsteinEllipses, StayWithinTheirRegions) {
  std::mt19937_64 random(4);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  double nearest = 10.0;
  double least = 10.0;
  for (int trial = 0; trial < 4000; ++trial) {
    const EllipseFrame f(0.3, -0.1, 1.0 + 20.0 * unit(random), std::pow(10.0, -2.0 * unit(random)),
                         6.0 * unit(random));
    GroupBoxes boxes{};
    boxes.hx.fill(1.0);
    boxes.hy.fill(1.0);
    const double x = 20.0 * (unit(random) - 0.5);
    const double y = 20.0 * (unit(random) - 0.5);
    const double hx = 0.2 + 4.0 * unit(random);
    const double hy = 0.2 + 4.0 * unit(random);
    const double span_x = trial % 3 == 0 ? 2.0 * unit(random) : 0.0;
    const double span_y = trial % 3 == 0 ? 2.0 * unit(random) : 0.0;
    boxes.x[0] = x;
    boxes.y[0] = y;
    boxes.hx[0] = hx;
    boxes.hy[0] = hy;
    boxes.span_x[0] = span_x;
    boxes.span_y[0] = span_y;
    FloatLane no_edge;
    no_edge.fill(std::numeric_limits<float>::infinity());
    GroupRadii radii;
    GroupEllipses ellipses;
    group_radii(f, boxes, 1, radii);
    const bool along_x = trial % 2 == 0;
    bernstein_ellipses(along_x ? radii.x : radii.y, radii.hull_max, no_edge, 1, ellipses);
    for (std::size_t j = 0; j < kReaches.size(); ++j) {
      const std::size_t at = j * ellipses.stride;
      if (std::isinf(ellipses.series[at])) continue;
      const double rho = std::exp(double{ellipses.log_rho[at]});
      const std::complex<double> circle = std::polar(rho, 2.0 * std::numbers::pi * unit(random));
      const std::complex<double> t = 0.5 * (circle + 1.0 / circle);
      // Any line of any cell of the group.
      const auto within = [&](double half) { return half * (2.0 * unit(random) - 1.0); };
      std::complex<double> dx = x - f.x0;
      std::complex<double> dy = y - f.y0;
      dx += along_x ? within(span_x) + hx * t : within(span_x + hx);
      dy += along_x ? within(span_y + hy) : within(span_y) + hy * t;
      const std::complex<double> u = f.a * dx + f.b * dy;
      const std::complex<double> v = f.c * dx + f.d * dy;
      const std::complex<double> s = u * u + v * v;
      const std::complex<double> root = std::sqrt(s);  // of the branch that is positive on the line
      const double spread = double{ellipses.spread[at]};
      const double scale = double{ellipses.largest[at]} + spread;
      EXPECT_GE(root.real(), ellipses.radius[at] - 1e-5 * scale);
      EXPECT_GE(s.real(), ellipses.real[at] - 1e-5 * scale * scale);
      const double center =
          std::clamp(root.real(), ellipses.radius[at] + spread, double{ellipses.largest[at]});
      EXPECT_LE(std::abs(root - center), spread + 1e-5 * scale);
      nearest = std::min(nearest, (root.real() - ellipses.radius[at]) / scale);
      least = std::min(least, (s.real() - ellipses.real[at]) / (scale * scale));
    }
  }
  EXPECT_LT(nearest, 1e-2);
  EXPECT_LT(least, 1e-2);
}

TEST(GroupBounds, IsNeverBelowTheErrorOfARule) {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  int tested = 0;
  double sharpest = 0.0;
  for (int trial = 0; trial < 3000; ++trial) {
    const SersicLaw law(0.1 * std::pow(200.0, unit(random)));
    const EllipseFrame f(0.0, 0.0, std::pow(10.0, -0.5 + 2.0 * unit(random)), std::pow(10.0, -unit(random)),
                         6.0 * unit(random));
    const double angle = 2.0 * std::numbers::pi * unit(random);
    const double distance = 0.5 + std::pow(10.0, 1.3 * unit(random));
    const double x = distance * std::cos(angle);
    const double y = distance * std::sin(angle);
    const double hx = 0.5 * unit(random);
    const double hy = 0.5 * unit(random);
    const OneGroup bound(law, f, {x, y, 0.0, 0.0, hx, hy});
    const double exact = mean_light(law, f, box_about(x, y, hx, hy), 40, 40, 6);
    for (const int order : {1, 2, 3, 5, 8, 12}) {
      const int other = trial % 2 == 0 ? order : 14;
      const int kx = trial % 4 == 1 ? other : order;
      const int ky = trial % 4 == 3 ? other : order;
      const double error = std::abs(mean_light(law, f, box_about(x, y, hx, hy), kx, ky, 1) - exact);
      const double allowed = bound.mean_error(kx, ky);
      EXPECT_LE(error, allowed + 1e-13 * exact) << "n " << law.constants().n << " re " << f.re << " q " << f.q
                                                << " at " << x << " " << y << " order " << order;
      if (allowed < 0.1 * std::exp(bound.log_max()) && error > 1e-12 * exact) {
        ++tested;
        sharpest = std::max(sharpest, error / allowed);
      }
    }
  }
  EXPECT_GT(tested, 1000);
  EXPECT_GT(sharpest, 1e-2);
}

TEST(GroupBounds, CoversEveryCellOfAGroup) {
  const SersicLaw law(4.0);
  const EllipseFrame f(0.3, -0.2, 6.0, 0.4, 0.7);
  const OneGroup group(law, f, {13.5, 8.5, 3.5, 3.5, 0.5, 0.5});
  for (double x = 10.0; x <= 17.0; ++x) {
    for (double y = 5.0; y <= 12.0; ++y) {
      const OneGroup one(law, f, {x, y, 0.0, 0.0, 0.5, 0.5});
      EXPECT_LE(one.mean_error(3, 2), group.mean_error(3, 2) * (1 + 1e-4));
      EXPECT_LE(group.log_min(), one.log_min() + 1e-12);
    }
  }
}

// The interpolant through kx by ky Chebyshev nodes, by barycentric weights, written out here.
double interpolant(const SersicLaw& law, const EllipseFrame& f, const Box& box, int kx, int ky, double x,
                   double y) {
  const auto basis = [](int order, int k, double t) {
    const double angle = std::numbers::pi * (k + 0.5) / order;
    double sum = 0.5;
    for (int j = 1; j < order; ++j) sum += std::cos(j * angle) * std::cos(j * std::acos(t));
    return 2.0 * sum / order;
  };
  const double cx = 0.5 * (box.x_min + box.x_max);
  const double cy = 0.5 * (box.y_min + box.y_max);
  const double hx = 0.5 * (box.x_max - box.x_min);
  const double hy = 0.5 * (box.y_max - box.y_min);
  double sum = 0.0;
  for (int l = 0; l < ky; ++l) {
    for (int k = 0; k < kx; ++k) {
      const double node_x = cx + hx * std::cos(std::numbers::pi * (k + 0.5) / kx);
      const double node_y = cy + hy * std::cos(std::numbers::pi * (l + 0.5) / ky);
      sum += law.value(f.s(node_x, node_y)) * basis(kx, k, (x - cx) / hx) * basis(ky, l, (y - cy) / hy);
    }
  }
  return sum;
}

TEST(GroupBounds, IsNeverBelowTheErrorOfAnInterpolation) {
  std::mt19937_64 random(8);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  int tested = 0;
  double sharpest = 0.0;
  for (int trial = 0; trial < 1500; ++trial) {
    const SersicLaw law(0.1 * std::pow(200.0, unit(random)));
    const EllipseFrame f(0.0, 0.0, std::pow(10.0, 1.5 * unit(random)), std::pow(10.0, -unit(random)),
                         6.0 * unit(random));
    const double angle = 2.0 * std::numbers::pi * unit(random);
    const double distance = std::pow(10.0, 0.3 + 1.3 * unit(random));
    const double x = distance * std::cos(angle);
    const double y = distance * std::sin(angle);
    const double hx = 0.4 * distance * unit(random) + 0.01;
    const double hy = 0.4 * distance * unit(random) + 0.01;
    const OneGroup bound(law, f, {x, y, 0.0, 0.0, hx, hy});
    for (const int order : {2, 5, 9, 14}) {
      const double allowed = bound.interpolation_error(order, order);
      for (int sample = 0; sample < 6; ++sample) {
        const double at_x = x + hx * (2.0 * unit(random) - 1.0);
        const double at_y = y + hy * (2.0 * unit(random) - 1.0);
        const double exact = law.value(f.s(at_x, at_y));
        const double error =
            std::abs(interpolant(law, f, {x - hx, x + hx, y - hy, y + hy}, order, order, at_x, at_y) - exact);
        const double rounding = 1e-12 * std::exp(bound.log_max());
        EXPECT_LE(error, allowed + rounding)
            << "n " << law.constants().n << " q " << f.q << " order " << order;
        if (allowed < 0.1 * std::exp(bound.log_max()) && error > rounding) {
          ++tested;
          sharpest = std::max(sharpest, error / allowed);
        }
      }
    }
  }
  EXPECT_GT(tested, 1000);
  EXPECT_GT(sharpest, 1e-2);
}

TEST(GroupBounds, AreTheSameOnEveryInstructionSetButForRounding) {
  const SersicLaw law(3.0);
  const EllipseFrame f(0.3, -0.2, 6.0, 0.4, 0.7);
  use_simd_target("");
  const double best = OneGroup(law, f, {13.5, 8.5, 0.0, 0.0, 2.0, 3.0}).mean_error(5, 6);
  for (const std::string& target : simd_targets()) {
    use_simd_target(target);
    EXPECT_NEAR(OneGroup(law, f, {13.5, 8.5, 0.0, 0.0, 2.0, 3.0}).mean_error(5, 6) / best, 1.0, 1e-3)
        << target;
  }
  use_simd_target("");
}

}  // namespace
}  // namespace gaxel
