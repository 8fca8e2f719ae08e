#include "integrate/cusp_rates.hpp"

#include <array>

#include "integrate/cusp_edges.hpp"

namespace gaxel {
namespace {

// A polynomial's integrals along an edge: of 1 and tau times some function.
struct Pair {
  double one = 0.0;
  double tau = 0.0;
};

// An edge, and how it moves: u = foot_u + eu tau, and u changes by u_0 + u_1 tau.
class MovingEdge {
 public:
  MovingEdge(const RadialLaw& law, const LightRates& rates, const EdgeLine& line, const EdgeIntegrals& sums)
      : line_(line),
        foot_u_(line.height * line.ev),
        foot_v_(-line.height * line.eu),
        u_0_(rates.flow.u_rate(foot_u_, foot_v_)),
        v_0_(rates.flow.v_rate(foot_u_, foot_v_)),
        u_1_(rates.flow.u_u * line.eu + rates.flow.u_v * line.ev),
        v_1_(rates.flow.v_u * line.eu + rates.flow.v_v * line.ev),
        light_{sums.light, sums.light_tau},
        light_rate_(rate_of_light(law, rates, sums)) {}

  // Rates of the integrals of g dv, g du, u g dv, v g dv, v g du.
  double light_dv() const { return line_.ev * light_rate_.one + v_1_ * light_.one; }
  double light_du() const { return line_.eu * light_rate_.one + u_1_ * light_.one; }
  double u_light_dv() const { return line_.ev * u_light() + v_1_ * times_u(light_); }
  double v_light_dv() const { return line_.ev * v_light() + v_1_ * times_v(light_); }
  double v_light_du() const { return line_.eu * v_light() + u_1_ * times_v(light_); }

  // The integral of f (u' dv - v' du): what of f the edge sweeps over per step.
  double swept(const Pair& f) const {
    return (u_0_ * line_.ev - v_0_ * line_.eu) * f.one + (u_1_ * line_.ev - v_1_ * line_.eu) * f.tau;
  }

 private:
  double times_u(const Pair& f) const { return foot_u_ * f.one + line_.eu * f.tau; }
  double times_v(const Pair& f) const { return foot_v_ * f.one + line_.ev * f.tau; }
  // Rates of the integrals of u g and v g.
  double u_light() const { return u_0_ * light_.one + u_1_ * light_.tau + times_u(light_rate_); }
  double v_light() const { return v_0_ * light_.one + v_1_ * light_.tau + times_v(light_rate_); }

  // Of the rate of g at the edge's points, g_s s' + g_shape shape', where s' is quadratic in tau. Along the
  // edge g_s tau = dg/dtau / 2, so that only g_s itself is left to be integrated; its factor is proportional
  // to the height, which takes away what is singular on an edge through the centre.
  Pair rate_of_light(const RadialLaw& law, const LightRates& rates, const EdgeIntegrals& sums) const {
    const double h = line_.height;
    const double at_start = law.value(line_.s_start);
    const double at_end = law.value(line_.s_end);
    const double slope_tau = 0.5 * (at_end - at_start);
    const double slope_tau2 = 0.5 * (line_.end * at_end - line_.start * at_start - light_.one);
    const double slope_tau3 =
        0.5 * (line_.end * line_.end * at_end - line_.start * line_.start * at_start) - light_.tau;
    const double s_0_per_height = 2.0 * (line_.ev * u_0_ - line_.eu * v_0_);
    const double s_1 = 2.0 * (foot_u_ * u_1_ + line_.eu * u_0_ + foot_v_ * v_1_ + line_.ev * v_0_);
    const double s_2 = 2.0 * (line_.eu * u_1_ + line_.ev * v_1_);
    Pair rate{s_0_per_height * (h * sums.slope) + s_1 * slope_tau + s_2 * slope_tau2,
              s_0_per_height * h * slope_tau + s_1 * slope_tau2 + s_2 * slope_tau3};
    for (std::size_t k = 0; k < law.n_shapes(); ++k) {
      rate.one += rates.shapes[k] * sums.light_d_shape[k];
      rate.tau += rates.shapes[k] * sums.light_d_shape_tau[k];
    }
    return rate;
  }

  const EdgeLine& line_;
  double foot_u_;
  double foot_v_;
  double u_0_;
  double v_0_;
  double u_1_;
  double v_1_;
  Pair light_;
  Pair light_rate_;
};

}  // namespace

MomentRates cusp_moment_rates(const ProfileLight& light, const LightRates& rates, const Box& box) {
  const RadialLaw& law = light.law;
  const BoxEdges edges = box_edges(law, light.frame, box, EdgeNeed::kRates, rates.shapes.data());
  MomentRates result;
  result.values = moments_of(edges);
  Moments& m = result.rates;
  double u_light_dv = 0.0;
  double v_light_du = 0.0;
  for (std::size_t i = 0; i < edges.lines.size(); ++i) {
    const EdgeIntegrals& sums = edges.integrals[i];
    const MovingEdge edge(law, rates, edges.lines[i], sums);
    m[kFlux] += edge.swept({sums.light, sums.light_tau});
    for (std::size_t k = 0; k < law.n_shapes(); ++k) {
      m[kShape + k] += edges.lines[i].height * sums.mean_d_shape_rate[k] +
                       edge.swept({sums.light_d_shape[k], sums.light_d_shape_tau[k]});
    }
    m[kU] += 0.5 * edge.light_dv();
    m[kV] -= 0.5 * edge.light_du();
    m[kUV] += 0.5 * edge.v_light_dv();
    u_light_dv += edge.u_light_dv();
    v_light_du += edge.v_light_du();
  }
  for (std::size_t k = 0; k < law.n_shapes(); ++k) m[kFlux] += rates.shapes[k] * result.values[kShape + k];
  m[kUU] = 0.5 * (u_light_dv - m[kFlux]);
  m[kVV] = 0.5 * (-v_light_du - m[kFlux]);
  // So far of the integrals over du dv: without what that changes by.
  for (std::size_t k = 0; k < kMaxMoments; ++k) m[k] -= rates.log_area * result.values[k];
  return result;
}

}  // namespace gaxel
