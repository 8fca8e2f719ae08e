// The loops over nodes and cells that surround every evaluation of a law, in vectors.
#pragma once

#include <cstddef>

namespace gaxel {

/// s[k] = (u0 + u[k])^2 + (v0 + v[k])^2, at least the smallest normal number, so that it has a logarithm.
void shifted_radii(const double* u, const double* v, std::size_t n, double u0, double v0, double* s);

/// sum[k] += weight * values[k].
void add_scaled(const double* values, std::size_t n, double weight, double* sum);

/// sum_k a[k] b[k].
double dot(const double* a, const double* b, std::size_t n);

}  // namespace gaxel
