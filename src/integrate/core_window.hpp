// The smooth cut between the core of a profile, which is convolved by its transform, and its wings, which are
// sampled.
#pragma once

#include <cstddef>
#include <span>

#include "profile/radial_law.hpp"

namespace gaxel {

/// The core's share of the light at t = elliptical radius over the window's radius: 1 at the centre, 1/2 at
/// t = 1, 0 from t = 2 on. W(t) = 1/2 - P(t - 1), P the integral of I0(c sqrt(1 - x^2)), c = kWindowBand: the
/// Kaiser-Bessel window (Kaiser & Schafer 1980), whose transform is of size exp(-c) beyond the frequency c.
inline constexpr double kWindowBand = 26.0;
inline constexpr double kWindowEnd = 2.0;

double window_value(double t);

/// c with W(1 + x) = 1/2 - x sum_m c[m] (1 - x^2)^m, |x| <= 1.
std::span<const double> window_polynomial();

enum class WindowPart { kCore, kWings };

/// A law's values at n points, and where g_s is not null its partials, (n_shapes, n) of those to shapes.
struct LightValues {
  double* g;
  double* g_s;
  double* g_shapes;
  std::size_t n_shapes;
};

/// Multiplies the values at s with the window's share of the part; the partials become those of the product
/// at a fixed window. `radius`: of the window, in scale radii.
void apply_window(double radius, WindowPart part, const double* s, std::size_t n, const LightValues& light);

/// The same, also for what the values and partials change by per step in which s[i] changes by s_rates[i].
/// Rows of derivatives to `n_shapes` shape parameters.
void apply_window_with_rates(double radius, WindowPart part, const double* s, const double* s_rates,
                             std::size_t n, std::size_t n_shapes, const LawPartials& values,
                             const LawPartials& rates);

}  // namespace gaxel
