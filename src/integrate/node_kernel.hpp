// The loops over nodes and cells that surround every evaluation of a law, in vectors.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "integrate/moments.hpp"

namespace gaxel {

/// The nodes of a tensor rule in the (u, v) plane: u[l n_x + k] = a x[k] + b y[l], v = c x[k] + d y[l]. x, y:
/// offsets in the image; u and v have n_x n_y entries.
struct PlaneAxes {
  double a;
  double b;
  double c;
  double d;
};
void tensor_offsets(const PlaneAxes& axes, const double* x, std::size_t n_x, const double* y, std::size_t n_y,
                    double* u, double* v);

/// s[k] = (u0 + u[k])^2 + (v0 + v[k])^2, at least the smallest normal number, so that it has a logarithm.
void shifted_radii(const double* u, const double* v, std::size_t n, double u0, double v0, double* s);

/// sum[k] += weight * values[k].
void add_scaled(const double* values, std::size_t n, double weight, double* sum);

/// sum_k a[k] b[k].
double dot(const double* a, const double* b, std::size_t n);

/// A law's values and partials at nodes whose place in the (u, v) plane is (u0 + u[k], v0 + v[k]).
struct NodeLight {
  const double* u;
  const double* v;
  double u0;
  double v0;
  const double* g;
  const double* g_s;
  const double* g_shapes;  ///< row k starts at g_shapes + k shape_stride
  std::size_t shape_stride;
  std::size_t n_shapes;
};

/// sums[m][k] += weight * integrand of moment m at node k, for the moments that there are.
void add_moments(const NodeLight& nodes, std::size_t n, double weight,
                 const std::array<double*, kMaxMoments>& sums);

/// sum_k weights[k] * the integrands of the moments at node k.
Moments weighted_moments(const NodeLight& nodes, std::size_t n, const double* weights);

/// to[p n + k] = sum_m coefficients[p][m] * integrand of moment m at node k: derivatives of the light.
void combine_moments(const NodeLight& nodes, std::size_t n, std::span<const Moments> coefficients,
                     double* to);

}  // namespace gaxel
