#include "integrate/cusp.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <vector>

#include "gaxel/quadrature.hpp"

namespace gaxel {
namespace {

constexpr int kPanelOrder = 16;

struct Point {
  double u;
  double v;
};

// An edge of a box in the image, relative to the profile's centre; one of its two extents is zero.
struct Edge {
  double x_from;
  double y_from;
  double x_to;
  double y_to;
};

Point to_plane(const EllipseFrame& f, double dx, double dy) {
  return {f.a * dx + f.b * dy, f.c * dx + f.d * dy};
}

// Integrals along an edge of G, dG/dshape, g and g tau; tau: arc length from the foot of the perpendicular.
struct EdgeIntegrals {
  double mean = 0.0;
  double mean_d_shape = 0.0;
  double light = 0.0;
  double light_tau = 0.0;
};

// Collects the nodes of an edge's panels, then evaluates them together.
struct EdgeSampler {
  std::vector<double> tau;
  std::vector<double> weight;

  void add_panel(double from, double to) {
    const QuadratureRule& rule = gauss_legendre(kPanelOrder);
    const double middle = 0.5 * (from + to);
    const double half = 0.5 * (to - from);
    for (std::size_t k = 0; k < rule.nodes.size(); ++k) {
      tau.push_back(middle + half * rule.nodes[k]);
      weight.push_back(half * rule.weights[k]);
    }
  }

  // `height_squared`: of the perpendicular from the centre.
  EdgeIntegrals integrate(const RadialLaw& law, double height_squared, bool derivatives) const {
    const std::size_t n = tau.size();
    std::vector<double> s(n);
    std::vector<double> mean(n);
    for (std::size_t k = 0; k < n; ++k) {
      s[k] = std::max(height_squared + tau[k] * tau[k], std::numeric_limits<double>::min());
    }
    EdgeIntegrals sums;
    if (!derivatives) {
      law.enclosed(s.data(), n, mean.data(), nullptr);
      for (std::size_t k = 0; k < n; ++k) sums.mean += weight[k] * mean[k];
      return sums;
    }
    std::vector<double> d_shape(n);
    std::vector<double> g(n);
    law.enclosed(s.data(), n, mean.data(), d_shape.data());
    law.evaluate(s.data(), n, g.data());
    for (std::size_t k = 0; k < n; ++k) {
      sums.mean += weight[k] * mean[k];
      sums.mean_d_shape += weight[k] * d_shape[k];
      sums.light += weight[k] * g[k];
      sums.light_tau += weight[k] * g[k] * tau[k];
    }
    return sums;
  }

  // Panels that grow away from the foot: within each the integrand, singular at tau = +-i height, is smooth.
  // `sign` tells on which side of the foot 0 <= near < far lie.
  void add_side(double sign, double near, double far, double first, double ratio) {
    double from = near;
    while (from < far) {
      const double to = from < first ? std::min(first, far) : std::min(from * ratio, far);
      // A remainder shorter than half a panel is taken along.
      const double end = far - to < 0.5 * (to - from) ? far : to;
      if (sign > 0) {
        add_panel(from, end);
      } else {
        add_panel(-end, -from);
      }
      from = end;
    }
  }
};

}  // namespace

Moments cusp_moments(const RadialLaw& law, const EllipseFrame& f, const Box& box, bool derivatives,
                     std::int64_t& n_evaluations) {
  // Corners relative to the centre, counter-clockwise.
  const double left = box.x_min - f.x0;
  const double right = box.x_max - f.x0;
  const double bottom = box.y_min - f.y0;
  const double top = box.y_max - f.y0;
  const std::array<Edge, 4> edges = {Edge{left, bottom, right, bottom}, Edge{right, bottom, right, top},
                                     Edge{right, top, left, top}, Edge{left, top, left, bottom}};
  const RadialLaw::CuspSampling sampling = law.cusp_sampling();
  double flux = 0.0;
  double shape = 0.0;
  double light_dv = 0.0;  // boundary integrals of g dv, g du, u g dv, v g dv, v g du
  double light_du = 0.0;
  double u_light_dv = 0.0;
  double v_light_dv = 0.0;
  double v_light_du = 0.0;
  for (const Edge& edge : edges) {
    const Point from = to_plane(f, edge.x_from, edge.y_from);
    const Point to = to_plane(f, edge.x_to, edge.y_to);
    const double length = std::hypot(to.u - from.u, to.v - from.v);
    const double eu = (to.u - from.u) / length;
    const double ev = (to.v - from.v) / length;
    // u dv - v du = height dtau. From the cross product in the image, which is exactly zero on an edge
    // through the centre: there the light is so steep that a rounding of the height would be seen.
    const double height =
        f.area_factor() *
        (edge.x_from * (edge.y_to - edge.y_from) - edge.y_from * (edge.x_to - edge.x_from)) / length;
    if (height == 0.0 && !derivatives) {
      continue;
    }
    const double start = from.u * eu + from.v * ev;
    const double end = start + length;
    const Point foot{from.u - start * eu, from.v - start * ev};

    EdgeSampler sampler;
    // Over the first panel, too, the radius grows by no more than the ratio.
    const double ratio = sampling.panel_ratio;
    const double first = std::max(std::abs(height) * std::min(1.0, std::sqrt(ratio * ratio - 1.0)),
                                  length * sampling.smallest_radius);
    if (end > 0.0) {
      sampler.add_side(1.0, std::max(start, 0.0), end, first, ratio);
    }
    if (start < 0.0) {
      sampler.add_side(-1.0, std::max(-end, 0.0), -start, first, ratio);
    }
    const EdgeIntegrals sums = sampler.integrate(law, height * height, derivatives);
    n_evaluations += std::ssize(sampler.tau);
    flux += height * sums.mean;
    shape += height * sums.mean_d_shape;
    const double u_light = foot.u * sums.light + eu * sums.light_tau;
    const double v_light = foot.v * sums.light + ev * sums.light_tau;
    light_dv += ev * sums.light;
    light_du += eu * sums.light;
    u_light_dv += ev * u_light;
    v_light_dv += ev * v_light;
    v_light_du += eu * v_light;
  }
  // From d(g)/du = 2 u g_s, d(u g)/du = g + 2 u^2 g_s, d(v g)/du = 2 u v g_s, and the same in v.
  Moments m{};
  m[kFlux] = flux;
  m[kShape] = shape;
  m[kU] = 0.5 * light_dv;
  m[kV] = -0.5 * light_du;
  m[kUU] = 0.5 * (u_light_dv - flux);
  m[kVV] = 0.5 * (-v_light_du - flux);
  m[kUV] = 0.5 * v_light_dv;
  return m;
}

}  // namespace gaxel
