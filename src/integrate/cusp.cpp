#include "integrate/cusp.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "gaxel/quadrature.hpp"

namespace gaxel {
namespace {

// Relative rounding error of an edge's height and weights, s and the sums, beside that of
// RadialLaw::enclosed.
constexpr double kEdgeRounding = 16.0 * std::numeric_limits<double>::epsilon();

constexpr double kNowhere = std::numeric_limits<double>::infinity();

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

// Integrals along an edge of G, dG/dshapes, g and g tau; tau: arc length from the foot of the perpendicular.
struct EdgeIntegrals {
  double mean = 0.0;
  std::array<double, kMaxShapes> mean_d_shape{};
  double light = 0.0;
  double light_tau = 0.0;
};

// The nodes of the panels of all edges, evaluated together; when there is no room for more, at once.
class PanelNodes {
 public:
  static constexpr int kPanelOrder = 16;

  PanelNodes(const RadialLaw& law, bool derivatives, std::array<EdgeIntegrals, 4>& edges)
      : law_(law), derivatives_(derivatives), edges_(edges) {}

  // `height_squared`: of the perpendicular from the centre on the edge. From `to` below `from` the panel is
  // run through backwards. `rule` has kPanelOrder nodes.
  void add(const QuadratureRule& rule, std::size_t edge, double height_squared, double from, double to) {
    if (n_panels_ == kPanels) evaluate();
    const double middle = 0.5 * (from + to);
    const double half = 0.5 * (to - from);
    panels_[n_panels_] = {&rule, edge, std::abs(half)};
    double* tau = tau_.data() + n_panels_ * kPanelOrder;
    double* s = s_.data() + n_panels_ * kPanelOrder;
    for (std::size_t k = 0; k < kPanelOrder; ++k) {
      tau[k] = middle + half * rule.nodes[k];
      s[k] = std::max(height_squared + tau[k] * tau[k], std::numeric_limits<double>::min());
    }
    ++n_panels_;
  }

  // Adds what is waiting to the edges' integrals.
  void evaluate() {
    const std::size_t n = n_panels_ * kPanelOrder;
    std::array<double, kNodes> mean;
    if (!derivatives_) {
      law_.enclosed(s_.data(), n, mean.data(), nullptr);
      for (std::size_t p = 0; p < n_panels_; ++p) {
        edges_[panels_[p].edge].mean +=
            panels_[p].half * weighted(*panels_[p].rule, mean.data() + p * kPanelOrder);
      }
    } else {
      std::array<double, kMaxShapes * kNodes> d_shapes;
      std::array<double, kNodes> g;
      law_.enclosed(s_.data(), n, mean.data(), d_shapes.data());
      law_.evaluate(s_.data(), n, g.data());
      for (std::size_t k = 0; k < n; ++k) tau_[k] *= g[k];
      for (std::size_t p = 0; p < n_panels_; ++p) {
        const std::size_t first = p * kPanelOrder;
        EdgeIntegrals& edge = edges_[panels_[p].edge];
        edge.mean += panels_[p].half * weighted(*panels_[p].rule, mean.data() + first);
        for (std::size_t k = 0; k < law_.n_shapes(); ++k) {
          edge.mean_d_shape[k] +=
              panels_[p].half * weighted(*panels_[p].rule, d_shapes.data() + k * n + first);
        }
        edge.light += panels_[p].half * weighted(*panels_[p].rule, g.data() + first);
        edge.light_tau += panels_[p].half * weighted(*panels_[p].rule, tau_.data() + first);
      }
    }
    n_panels_ = 0;
  }

 private:
  static constexpr std::size_t kPanels = 32;  // a pixel has about 12
  static constexpr std::size_t kNodes = kPanels * kPanelOrder;

  struct Panel {
    const QuadratureRule* rule;
    std::size_t edge;
    double half;  // of its length
  };

  // In four sums, which a processor adds side by side.
  static double weighted(const QuadratureRule& rule, const double* values) {
    std::array<double, 4> sums{};
    for (std::size_t k = 0; k < kPanelOrder; k += 4) {
      for (std::size_t i = 0; i < 4; ++i) sums[i] += rule.weights[k + i] * values[k + i];
    }
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
  }

  const RadialLaw& law_;
  bool derivatives_;
  std::array<EdgeIntegrals, 4>& edges_;
  std::size_t n_panels_ = 0;
  std::array<Panel, kPanels> panels_;
  std::array<double, kNodes> tau_;
  std::array<double, kNodes> s_;
};

// For integrands that are singular at the end 1, like a power of the distance from there: the Gauss-Legendre
// rule in the sixth root of that distance, in which they are smooth.
const QuadratureRule& towards_singularity() {
  static const QuadratureRule made = [] {
    QuadratureRule rule = gauss_legendre(PanelNodes::kPanelOrder);
    for (std::size_t k = 0; k < rule.size(); ++k) {
      const double root = 0.5 * (1.0 - rule.nodes[k]);
      rule.nodes[k] = 1.0 - 2.0 * std::pow(root, 6);
      rule.weights[k] *= 6.0 * std::pow(root, 5);
    }
    return rule;
  }();
  return made;
}

// How the panels on one side of the foot of an edge grow.
struct PanelGrowth {
  double first;      // end of the first panel
  double ratio;      // at most of the ends of the others
  double light_end;  // where the light of a law with an edge ends on this line; infinite where it does not
};

// Panels that grow away from the foot: within each the integrand, singular at tau = +-i height, is smooth;
// towards the end of the light, where it is singular, too, they shrink. `sign` tells on which side of the
// foot 0 <= near < far lie.
void add_side(PanelNodes& nodes, std::size_t edge, double height, double sign, double near, double far,
              const PanelGrowth& growth) {
  constexpr double kApproach = 0.75;     // of the way to the singularity: converges as panels of ratio 4
  constexpr double kLast = 1.0 / 512.0;  // of the way from the foot: all else is then as good as linear
  const QuadratureRule& smooth = gauss_legendre(PanelNodes::kPanelOrder);
  double from = near;
  while (from < far) {
    double to = from < growth.first ? growth.first : from * growth.ratio;
    bool may_stretch = true;
    const QuadratureRule* rule = &smooth;
    if (from < growth.light_end && std::isfinite(growth.light_end)) {
      const double left = growth.light_end - from;
      // Where the edge of the pixel ends before the light does, nothing is singular on it.
      const bool is_last = far >= growth.light_end && left <= kLast * growth.light_end;
      to = is_last ? growth.light_end : std::min(to, from + kApproach * left);
      if (is_last) rule = &towards_singularity();
      may_stretch = false;
    }
    // A remainder shorter than half a panel is taken along.
    const double end = to >= far || (may_stretch && far - to < 0.5 * (to - from)) ? far : to;
    nodes.add(*rule, edge, height * height, sign * from, sign * end);
    from = end;
  }
}

// An edge in the (u, v) plane, oriented.
struct Line {
  double height = 0.0;  // signed distance of the centre: u dv - v du = height dtau
  double eu = 0.0;      // direction
  double ev = 0.0;
  Point foot{};
};

}  // namespace

Moments cusp_moments(const RadialLaw& law, const EllipseFrame& f, const Box& box, bool derivatives,
                     double* flux_rounding) {
  // Corners relative to the centre, counter-clockwise.
  const double left = box.x_min - f.x0;
  const double right = box.x_max - f.x0;
  const double bottom = box.y_min - f.y0;
  const double top = box.y_max - f.y0;
  const std::array<Edge, 4> edges = {Edge{left, bottom, right, bottom}, Edge{right, bottom, right, top},
                                     Edge{right, top, left, top}, Edge{left, top, left, bottom}};
  const RadialLaw::CuspSampling sampling = law.cusp_sampling();
  const double ratio = sampling.panel_ratio;
  std::array<Line, 4> lines;
  std::array<EdgeIntegrals, 4> integrals;
  PanelNodes nodes(law, derivatives, integrals);
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const Edge& edge = edges[i];
    Line& line = lines[i];
    const Point from = to_plane(f, edge.x_from, edge.y_from);
    const Point to = to_plane(f, edge.x_to, edge.y_to);
    const double length = std::hypot(to.u - from.u, to.v - from.v);
    line.eu = (to.u - from.u) / length;
    line.ev = (to.v - from.v) / length;
    // From the cross product in the image, which is exactly zero on an edge through the centre: there the
    // light is so steep that a rounding of the height would be seen.
    line.height = f.area_factor() *
                  (edge.x_from * (edge.y_to - edge.y_from) - edge.y_from * (edge.x_to - edge.x_from)) /
                  length;
    if (line.height == 0.0 && !derivatives) {
      continue;
    }
    const double start = from.u * line.eu + from.v * line.ev;
    const double end = start + length;
    line.foot = {from.u - start * line.eu, from.v - start * line.ev};
    // Over the first panel, too, the radius grows by no more than the ratio.
    const double first = std::max(std::abs(line.height) * std::min(1.0, std::sqrt(ratio * ratio - 1.0)),
                                  length * sampling.smallest_radius);
    const double beyond_foot = law.edge() - line.height * line.height;
    const PanelGrowth growth{first, ratio, beyond_foot > 0.0 ? std::sqrt(beyond_foot) : kNowhere};
    if (end > 0.0) add_side(nodes, i, line.height, 1.0, std::max(start, 0.0), end, growth);
    if (start < 0.0) add_side(nodes, i, line.height, -1.0, std::max(-end, 0.0), -start, growth);
  }
  nodes.evaluate();
  double flux = 0.0;
  double flux_size = 0.0;
  Moments m{};
  double light_dv = 0.0;  // boundary integrals of g dv, g du, u g dv, v g dv, v g du
  double light_du = 0.0;
  double u_light_dv = 0.0;
  double v_light_dv = 0.0;
  double v_light_du = 0.0;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const Line& line = lines[i];
    const EdgeIntegrals& sums = integrals[i];
    flux += line.height * sums.mean;
    flux_size += std::abs(line.height * sums.mean);
    for (std::size_t k = 0; k < kMaxShapes; ++k) m[kShape + k] += line.height * sums.mean_d_shape[k];
    const double u_light = line.foot.u * sums.light + line.eu * sums.light_tau;
    const double v_light = line.foot.v * sums.light + line.ev * sums.light_tau;
    light_dv += line.ev * sums.light;
    light_du += line.eu * sums.light;
    u_light_dv += line.ev * u_light;
    v_light_dv += line.ev * v_light;
    v_light_du += line.eu * v_light;
  }
  if (flux_rounding != nullptr) *flux_rounding = cusp_error(law, f) * flux_size;
  // From d(g)/du = 2 u g_s, d(u g)/du = g + 2 u^2 g_s, d(v g)/du = 2 u v g_s, and the same in v.
  m[kFlux] = flux;
  m[kU] = 0.5 * light_dv;
  m[kV] = -0.5 * light_du;
  m[kUU] = 0.5 * (u_light_dv - flux);
  m[kVV] = 0.5 * (-v_light_du - flux);
  m[kUV] = 0.5 * v_light_dv;
  return m;
}

// The edges' contributions add up to no more than the flux in absolute value.
double cusp_error(const RadialLaw& law, const EllipseFrame& f) {
  // A relative error e of s changes G by at most e G, because s dG/ds = g / 2 - G and G is the mean of g / 2
  // inside.
  const double of_radii = 0.25 * f.s_rounding();  // one corner's roundings, not a node's
  return law.enclosed_rounding() + kEdgeRounding + of_radii;
}

}  // namespace gaxel
