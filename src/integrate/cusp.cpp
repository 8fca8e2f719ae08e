#include "integrate/cusp.hpp"

#include <algorithm>
#include <cmath>

#include "math/gauss_legendre.hpp"

namespace gaxel {
namespace {

constexpr int kPanelOrder = 20;

struct Point {
  double u;
  double v;
};

// Integrals along an edge of G, dG/dshape, g and g tau; tau: arc length from the foot of the perpendicular.
struct EdgeIntegrals {
  double mean = 0.0;
  double mean_d_shape = 0.0;
  double light = 0.0;
  double light_tau = 0.0;
};

struct EdgeSampler {
  const RadialLaw& law;
  bool derivatives;
  double height_squared;  // of the perpendicular from the centre
  EdgeIntegrals sums;
  std::int64_t n_evaluations = 0;

  void add_panel(double from, double to) {
    const QuadratureRule& rule = gauss_legendre(kPanelOrder);
    const double middle = 0.5 * (from + to);
    const double half = 0.5 * (to - from);
    for (std::size_t k = 0; k < rule.nodes.size(); ++k) {
      const double tau = middle + half * rule.nodes[k];
      const double weight = half * rule.weights[k];
      const double s = height_squared + tau * tau;
      const EnclosedFlux enclosed = law.enclosed(s);
      sums.mean += weight * enclosed.mean;
      if (derivatives) {
        const double g = law.value(s);
        sums.mean_d_shape += weight * enclosed.d_shape;
        sums.light += weight * g;
        sums.light_tau += weight * g * tau;
      }
    }
    n_evaluations += kPanelOrder;
  }

  // Panels that grow away from the foot: within each the integrand, singular at tau = +-i height, is smooth. `sign`
  // tells on which side of the foot 0 <= near < far lie.
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
  const auto to_plane = [&f](double x, double y) {
    return Point{f.a * (x - f.x0) + f.b * (y - f.y0), f.c * (x - f.x0) + f.d * (y - f.y0)};
  };
  const std::array<Point, 4> corners = {to_plane(box.x_min, box.y_min), to_plane(box.x_max, box.y_min),
                                        to_plane(box.x_max, box.y_max), to_plane(box.x_min, box.y_max)};
  const RadialLaw::CuspSampling sampling = law.cusp_sampling();
  double flux = 0.0;
  double shape = 0.0;
  double light_dv = 0.0;    // boundary integrals of g dv, g du, u g dv, v g dv, v g du
  double light_du = 0.0;
  double u_light_dv = 0.0;
  double v_light_dv = 0.0;
  double v_light_du = 0.0;
  for (std::size_t i = 0; i < corners.size(); ++i) {
    const Point from = corners[i];
    const Point to = corners[(i + 1) % corners.size()];
    const double length = std::hypot(to.u - from.u, to.v - from.v);
    const double eu = (to.u - from.u) / length;
    const double ev = (to.v - from.v) / length;
    const double height = from.u * ev - from.v * eu;  // u dv - v du = height dtau
    const double start = from.u * eu + from.v * ev;
    const double end = start + length;
    const Point foot{from.u - start * eu, from.v - start * ev};

    EdgeSampler sampler{law, derivatives, height * height, {}};
    const double first = length * std::max(std::abs(height) / length, sampling.smallest_radius);
    if (end > 0.0) {
      sampler.add_side(1.0, std::max(start, 0.0), end, first, sampling.panel_ratio);
    }
    if (start < 0.0) {
      sampler.add_side(-1.0, std::max(-end, 0.0), -start, first, sampling.panel_ratio);
    }
    const EdgeIntegrals& sums = sampler.sums;
    n_evaluations += sampler.n_evaluations;
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
