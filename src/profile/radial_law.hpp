// What the integration needs to know of a radial law: the light as a function of s, the squared elliptical
// radius.
#pragma once

#include <array>
#include <cstddef>

namespace gaxel {

/// Relative reaches into the complex plane at which a law bounds itself, see RadialLaw::log_bounds.
/// Eight, as many as the widest vector holds.
inline constexpr std::array<double, 8> kReaches = {0.95, 0.82, 0.66, 0.48, 0.31, 0.17, 0.08, 0.03};

/// A range of s, with ln g at its ends (see RadialLaw::log_values).
struct RadialRange {
  double s_min;
  double s_max;
  double log_at_min;
  double log_at_max;
};

/// A light profile g(s), s = (r / re)^2 along the major axis, of unit flux: integral of g over the (u, v)
/// plane = 1, where s = u^2 + v^2. Laws are immutable and cheap to copy into a plan's execution.
class RadialLaw {
 public:
  virtual ~RadialLaw() = default;

  /// g at n values of s > 0; s and g may be one array.
  virtual void evaluate(const double* s, std::size_t n, double* g) const = 0;

  /// Also dg/ds and dg/dshape.
  virtual void evaluate_with_partials(const double* s, std::size_t n, double* g, double* g_s,
                                      double* g_shape) const = 0;

  /// ln g at n values of s >= 0, 1e-6 of its range too low at most where s is below the smallest normal
  /// number.
  virtual void log_values(const double* s, std::size_t n, double* log_g) const = 0;

  /// Upper bounds of ln |g| for complex s = s0 (1 + z1) (1 + z2) with range.s_min <= s0 <= range.s_max and
  /// both |z1| and |z2| at most kReaches[j]. Along a straight line through the image s is such a product: the
  /// bounds limit g on the Bernstein ellipses around a cell, and so the error of its quadrature.
  virtual std::array<double, kReaches.size()> log_bounds(const RadialRange& range) const = 0;

  /// Smallest and largest ln g for real s in the range.
  virtual double log_min(const RadialRange& range) const = 0;
  virtual double log_max(const RadialRange& range) const = 0;

  /// G(s) = F(<s) / (2 pi s), F the flux inside s, at n values of s, for the closed form of the cusp; and its
  /// derivative with respect to the shape parameter unless d_shape is null. Relative error of G below
  /// enclosed_rounding(), which is at most 3e-14.
  virtual void enclosed(const double* s, std::size_t n, double* mean, double* d_shape) const = 0;
  virtual double enclosed_rounding() const = 0;

  /// g at a single s >= 0, finite at the centre.
  virtual double value(double s) const = 0;

  /// Bound of the relative rounding error of evaluate() where it returned g.
  virtual double rounding(double g) const = 0;

  /// How the closed form of the cusp has to be sampled: largest ratio of the radii at the ends of a panel,
  /// and the radius, relative to an edge's length, within which light on an edge through the centre may be
  /// neglected.
  struct CuspSampling {
    double panel_ratio;
    double smallest_radius;
  };
  virtual CuspSampling cusp_sampling() const = 0;
};

}  // namespace gaxel
