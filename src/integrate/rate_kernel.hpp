// What the integrands at nodes change by along a direction of the parameters, in vectors.
#pragma once

#include <cstddef>

#include "integrate/light_rates.hpp"
#include "integrate/node_kernel.hpp"

namespace gaxel {

/// What the light at nodes changes by per step at the same places in the image: rates of NodeLight::g, g_s
/// and g_shapes, these in rows as far apart.
struct NodeRates {
  const double* g;
  const double* g_s;
  const double* g_shapes;
  PlaneFlow flow;
};

/// to[k]: what s changes by per step at the node (u0 + u[k], v0 + v[k]).
void radius_rates(const PlaneFlow& flow, const double* u, const double* v, std::size_t n, double u0,
                  double v0, double* to);

/// sum_k weights[k] * the integrands of the moments at node k, and their rates.
MomentRates weighted_moment_rates(const NodeLight& nodes, const NodeRates& rates, std::size_t n,
                                  const double* weights);

/// to[k] = sum_m of_values[m] * integrand of moment m at node k + of_rates[m] * its rate.
void combine_moment_rates(const NodeLight& nodes, const NodeRates& rates, std::size_t n,
                          const DirectionWeights& weights, double* to);

}  // namespace gaxel
