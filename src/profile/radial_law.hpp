// What the integration needs to know of a radial law: the light as a function of s, the squared elliptical
// radius.
#pragma once

#include <cstddef>
#include <limits>

namespace gaxel {

/// Shape parameters that a law may have.
inline constexpr std::size_t kMaxShapes = 4;

/// n regions of complex s: those whose root v = sqrt(s) has Re v >= radius >= 0 and Re v^2 >= real, and is
/// within `spread` of some real number from radius + spread to `largest`.
struct ComplexReach {
  std::size_t n;
  const float* radius;
  const float* real;
  const float* spread;
  const float* largest;
};

/// n ranges of s, with ln g at their ends (see RadialLaw::log_values).
struct RadialRanges {
  std::size_t n;
  const double* s_min;
  const double* s_max;
  const double* log_at_min;
  const double* log_at_max;
};

/// Where a law's values go: n of g, of dg/ds, and of dg/dshape for every shape parameter.
struct LawPartials {
  double* g;
  double* g_s;
  double* g_shapes;
};

/// A light profile g(s), s = (r / scale radius)^2 along the major axis, of unit flux: integral of g over the
/// (u, v) plane = 1, where s = u^2 + v^2. Laws are immutable and cheap to copy into a plan's execution.
/// Arrays of derivatives to the shape parameters have a row of n values for each, one after the other.
class RadialLaw {
 public:
  virtual ~RadialLaw() = default;

  /// Number of shape parameters, at most kMaxShapes.
  virtual std::size_t n_shapes() const = 0;

  /// Shape parameter k where it is a radius, in units of the scale radius (pixels in a component: it stays
  /// when the scale radius changes); 0 where it is a pure number.
  virtual double shape_radius(std::size_t /*k*/) const { return 0.0; }

  /// s of the edge, beyond which there is no light; infinite where the law has none. The light may be
  /// singular there.
  virtual double edge() const { return std::numeric_limits<double>::infinity(); }

  /// g at n values of s > 0; s and g may be one array.
  virtual void evaluate(const double* s, std::size_t n, double* g) const = 0;

  /// Also dg/ds and dg/dshape (n_shapes(), n).
  virtual void evaluate_with_partials(const double* s, std::size_t n, double* g, double* g_s,
                                      double* g_shapes) const = 0;

  /// Whether there are second derivatives: the two members with rates.
  virtual bool has_rates() const { return false; }

  /// As evaluate_with_partials; `rates` becomes what `values` changes by per step in which s[i] changes by
  /// s_rates[i] and shape parameter k by shape_rates[k]. No array may be another. Throws std::logic_error
  /// unless has_rates().
  virtual void evaluate_with_rates(const double* s, const double* s_rates, std::size_t n,
                                   const double* shape_rates, const LawPartials& values,
                                   const LawPartials& rates) const;

  /// ln g at n values of s >= 0, 1e-6 of its range too low at most where s is below the smallest normal
  /// number; minus infinity beyond the edge.
  virtual void log_values(const double* s, std::size_t n, double* log_g) const = 0;

  /// Upper bounds of ln |g| in n regions: they limit g on the Bernstein ellipses around a cell, and so the
  /// error of its quadrature. Infinite where nothing is known. Regions lie inside the edge. Single precision;
  /// the arrays are filled up to whole vectors of any length.
  virtual void log_bounds(const ComplexReach& reach, float* bounds) const = 0;

  /// Smallest and largest ln g for real s in each range. As it stands: of a law that nowhere rises.
  virtual void log_extremes(const RadialRanges& ranges, double* log_min, double* log_max) const;

  /// G(s) = F(<s) / (2 pi s), F the flux inside s, at n values of s, for the closed form of the cusp; and its
  /// derivatives with respect to the shape parameters (n_shapes(), n) unless d_shapes is null. Relative error
  /// of G below enclosed_rounding(), which is at most 3e-14.
  virtual void enclosed(const double* s, std::size_t n, double* mean, double* d_shapes) const = 0;
  virtual double enclosed_rounding() const = 0;

  /// As enclosed; d_shapes_rates (n_shapes(), n) becomes what d_shapes changes by at the same s per step in
  /// which shape parameter k changes by shape_rates[k]. Throws std::logic_error unless has_rates().
  virtual void enclosed_with_rates(const double* s, std::size_t n, const double* shape_rates, double* mean,
                                   double* d_shapes, double* d_shapes_rates) const;

  /// g at a single s >= 0, finite at the centre.
  virtual double value(double s) const = 0;

  /// Bound of the relative rounding error of evaluate() where it returned g, for s that is itself off by up
  /// to s_rounding of its value.
  virtual double rounding(double g, double s_rounding) const = 0;

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
