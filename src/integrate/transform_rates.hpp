// Rows of the Fourier transforms of an elliptical profile's second derivatives, in vectors.
#pragma once

#include <cstddef>
#include <span>

#include "integrate/light_rates.hpp"
#include "integrate/transform_kernel.hpp"

namespace gaxel {

/// What the transform of a profile changes by per step along a direction: A by a_a A + a_b B, B by b_a A +
/// b_b B, the phase by -(kx x + ky y), the shape parameters by `shapes`.
struct TransformRates {
  double a_a;
  double a_b;
  double b_a;
  double b_b;
  double x;
  double y;
  std::array<double, kMaxShapes> shapes;

  explicit TransformRates(const LightRates& rates);
};

/// An image made of a light's transform and of its rates (transform_kernel.hpp): `of_rates` of the latter,
/// `of_values` of the former. For the second derivative to a parameter they are derivative_transform and what
/// that changes by.
struct SecondTransformWeights {
  TransformWeights of_rates;
  TransformWeights of_values;

  void add(double factor, const SecondTransformWeights& other);
};
SecondTransformWeights second_transform(const ProfileLight& light, const LightRates& rates,
                                        LightParameter parameter);

/// As TransformRows::row and row_adjoint. The table of `rows` was made with the rates' shapes.
void second_transform_row(const TransformRows& rows, const TransformRates& rates, double ky, std::size_t n,
                          std::span<const SecondTransformWeights> weights, std::span<double* const> re,
                          std::span<double* const> im);
void second_transform_row_adjoint(const TransformRows& rows, const TransformRates& rates, double ky,
                                  std::size_t n, std::span<const SecondTransformWeights> weights,
                                  const double* re, const double* im, std::span<double> products);

}  // namespace gaxel
