#include "integrate/cusp_edges.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "gaxel/quadrature.hpp"

namespace gaxel {
namespace {

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

// The nodes of the panels of all edges, evaluated together; when there is no room for more, at once.
class PanelNodes {
 public:
  static constexpr int kPanelOrder = 16;

  PanelNodes(const RadialLaw& law, EdgeNeed need, const double* shape_rates,
             std::array<EdgeIntegrals, 4>& edges)
      : law_(law), need_(need), shape_rates_(shape_rates), edges_(edges) {}

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
    switch (need_) {
      case EdgeNeed::kFlux:
        law_.enclosed(s_.data(), n_nodes(), mean_.data(), nullptr);
        break;
      case EdgeNeed::kMoments:
        law_.enclosed(s_.data(), n_nodes(), mean_.data(), mean_d_shapes_.data());
        law_.evaluate(s_.data(), n_nodes(), g_.data());
        break;
      case EdgeNeed::kRates:
        law_.enclosed_with_rates(s_.data(), n_nodes(), shape_rates_, mean_.data(), mean_d_shapes_.data(),
                                 mean_rates_.data());
        law_.evaluate_with_partials(s_.data(), n_nodes(), g_.data(), g_s_.data(), g_shapes_.data());
        break;
    }
    for (std::size_t p = 0; p < n_panels_; ++p) {
      EdgeIntegrals& edge = edges_[panels_[p].edge];
      add_to(p, mean_.data(), edge.mean);
      if (need_ == EdgeNeed::kFlux) continue;
      add_rows(p, mean_d_shapes_, edge.mean_d_shape);
      add_to(p, g_.data(), edge.light);
      add_times_tau(p, g_.data(), edge.light_tau);
      if (need_ == EdgeNeed::kMoments) continue;
      add_rows(p, mean_rates_, edge.mean_d_shape_rate);
      add_to(p, g_s_.data(), edge.slope);
      add_rows(p, g_shapes_, edge.light_d_shape);
      for (std::size_t k = 0; k < law_.n_shapes(); ++k) {
        add_times_tau(p, g_shapes_.data() + k * n_nodes(), edge.light_d_shape_tau[k]);
      }
    }
    n_panels_ = 0;
  }

 private:
  static constexpr std::size_t kPanels = 32;  // a pixel has about 12
  static constexpr std::size_t kNodes = kPanels * kPanelOrder;
  using Rows = std::array<double, kMaxShapes * kNodes>;

  struct Panel {
    const QuadratureRule* rule;
    std::size_t edge;
    double half;  // of its length
  };

  std::size_t n_nodes() const { return n_panels_ * kPanelOrder; }

  // Adds a panel's integral of `values`, in four sums, which a processor adds side by side.
  template <class Value>
  void add_sum(std::size_t panel, Value&& value, double& sum) const {
    std::array<double, 4> sums{};
    const QuadratureRule& rule = *panels_[panel].rule;
    for (std::size_t k = 0; k < kPanelOrder; k += 4) {
      for (std::size_t i = 0; i < 4; ++i) sums[i] += rule.weights[k + i] * value(k + i);
    }
    sum += panels_[panel].half * ((sums[0] + sums[1]) + (sums[2] + sums[3]));
  }

  void add_to(std::size_t panel, const double* values, double& sum) const {
    const double* at = values + panel * kPanelOrder;
    add_sum(panel, [at](std::size_t k) { return at[k]; }, sum);
  }

  void add_times_tau(std::size_t panel, const double* values, double& sum) const {
    const double* at = values + panel * kPanelOrder;
    const double* tau = tau_.data() + panel * kPanelOrder;
    add_sum(panel, [at, tau](std::size_t k) { return tau[k] * at[k]; }, sum);
  }

  // The same for every shape parameter.
  void add_rows(std::size_t panel, const Rows& rows, std::array<double, kMaxShapes>& sums) const {
    for (std::size_t k = 0; k < law_.n_shapes(); ++k) add_to(panel, rows.data() + k * n_nodes(), sums[k]);
  }

  const RadialLaw& law_;
  EdgeNeed need_;
  const double* shape_rates_;
  std::array<EdgeIntegrals, 4>& edges_;
  std::size_t n_panels_ = 0;
  std::array<Panel, kPanels> panels_;
  std::array<double, kNodes> tau_;
  std::array<double, kNodes> s_;
  std::array<double, kNodes> mean_;
  std::array<double, kNodes> g_;
  std::array<double, kNodes> g_s_;
  Rows mean_d_shapes_;
  Rows mean_rates_;
  Rows g_shapes_;
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

}  // namespace

BoxEdges box_edges(const RadialLaw& law, const EllipseFrame& f, const Box& box, EdgeNeed need,
                   const double* shape_rates) {
  // Corners relative to the centre, counter-clockwise.
  const double left = box.x_min - f.x0;
  const double right = box.x_max - f.x0;
  const double bottom = box.y_min - f.y0;
  const double top = box.y_max - f.y0;
  const std::array<Edge, 4> edges = {Edge{left, bottom, right, bottom}, Edge{right, bottom, right, top},
                                     Edge{right, top, left, top}, Edge{left, top, left, bottom}};
  const RadialLaw::CuspSampling sampling = law.cusp_sampling();
  const double ratio = sampling.panel_ratio;
  BoxEdges result;
  PanelNodes nodes(law, need, shape_rates, result.integrals);
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const Edge& edge = edges[i];
    EdgeLine& line = result.lines[i];
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
    line.start = from.u * line.eu + from.v * line.ev;
    line.end = to.u * line.eu + to.v * line.ev;  // as exactly zero as the corner is at the centre
    line.s_start = from.u * from.u + from.v * from.v;
    line.s_end = to.u * to.u + to.v * to.v;
    if (line.height == 0.0 && need == EdgeNeed::kFlux) continue;
    // Over the first panel, too, the radius grows by no more than the ratio.
    const double first = std::max(std::abs(line.height) * std::min(1.0, std::sqrt(ratio * ratio - 1.0)),
                                  length * sampling.smallest_radius);
    const double beyond_foot = law.edge() - line.height * line.height;
    const PanelGrowth growth{first, ratio, beyond_foot > 0.0 ? std::sqrt(beyond_foot) : kNowhere};
    if (line.end > 0.0) {
      add_side(nodes, i, line.height, 1.0, std::max(line.start, 0.0), line.end, growth);
    }
    if (line.start < 0.0) {
      add_side(nodes, i, line.height, -1.0, std::max(-line.end, 0.0), -line.start, growth);
    }
  }
  nodes.evaluate();
  return result;
}

Moments moments_of(const BoxEdges& edges) {
  Moments m{};
  double light_dv = 0.0;  // boundary integrals of g dv, g du, u g dv, v g dv, v g du
  double light_du = 0.0;
  double u_light_dv = 0.0;
  double v_light_dv = 0.0;
  double v_light_du = 0.0;
  for (std::size_t i = 0; i < edges.lines.size(); ++i) {
    const EdgeLine& line = edges.lines[i];
    const EdgeIntegrals& sums = edges.integrals[i];
    m[kFlux] += line.height * sums.mean;
    for (std::size_t k = 0; k < kMaxShapes; ++k) m[kShape + k] += line.height * sums.mean_d_shape[k];
    const double u_light = line.height * line.ev * sums.light + line.eu * sums.light_tau;
    const double v_light = -line.height * line.eu * sums.light + line.ev * sums.light_tau;
    light_dv += line.ev * sums.light;
    light_du += line.eu * sums.light;
    u_light_dv += line.ev * u_light;
    v_light_dv += line.ev * v_light;
    v_light_du += line.eu * v_light;
  }
  // From d(g)/du = 2 u g_s, d(u g)/du = g + 2 u^2 g_s, d(v g)/du = 2 u v g_s, and the same in v.
  m[kU] = 0.5 * light_dv;
  m[kV] = -0.5 * light_du;
  m[kUU] = 0.5 * (u_light_dv - m[kFlux]);
  m[kVV] = 0.5 * (-v_light_du - m[kFlux]);
  m[kUV] = 0.5 * v_light_dv;
  return m;
}

}  // namespace gaxel
