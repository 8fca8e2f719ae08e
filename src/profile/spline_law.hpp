// The radial profile with knots as a law and a kind of component.
#pragma once

#include <memory>
#include <span>

#include "gaxel/component.hpp"
#include "profile/spline_profile.hpp"
#include "profile/surface_law.hpp"

namespace gaxel {

inline constexpr int kMinKnots = 3;
inline constexpr int kMaxKnots = 30;

/// Parameters of a profile with n knots: x, y, r_min (the law's scale radius), r_max, smoothness, i1 .. in,
/// q, theta. The radii of the knots are constants.
std::span<const ParameterSpec> spline_parameters(int n_knots);

/// `shapes`: r_max / r_min, then the logarithms of the intensity at the knots. Throws InputError unless r_max
/// is above r_min.
std::unique_ptr<SurfaceLaw> make_spline_law(std::span<const double> shapes);

/// A starting profile for the parameters i1 .. in that have no value: exponential, of that flux, half-light
/// radius and axis ratio.
double exponential_knot(int knot, int n_knots, double r_min, double r_max, double flux, double half_radius,
                        double q);

}  // namespace gaxel
