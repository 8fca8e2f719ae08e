// A-priori error of Gauss-Legendre quadrature of an elliptical profile: how many nodes a cell needs.
#pragma once

#include <array>

#include "integrate/bound_kernel.hpp"
#include "integrate/ellipse_frame.hpp"
#include "profile/radial_law.hpp"

namespace gaxel {

/// Cells of half-width hx, hy whose centres fill a box.
struct CellGroup {
  Box centers;
  double hx;
  double hy;

  Box hull() const {
    return {centers.x_min - hx, centers.x_max + hx, centers.y_min - hy, centers.y_max + hy};
  }
};

/// Bounds of the error in one direction, as functions of the number of nodes K:
///   Gauss-Legendre, the mean over the cell:      (32/15) M rho^-2K / (1 - 1/rho)
///   interpolation at Chebyshev nodes, anywhere:      4  M rho^-K  / (1 - 1/rho)
/// for a function bounded by M on the Bernstein ellipse rho (Trefethen, Approximation Theory and
/// Approximation Practice, theorems 19.3 and 8.2), the best of the ellipses within kReaches; M from
/// RadialLaw::log_bounds.
class DirectionBound {
 public:
  DirectionBound() = default;
  /// `range`: of s over the lines on which the cells' centres lie; s = metric |z - z*|^2 along the
  /// direction, z* its complex root; h: half-width of the cells.
  DirectionBound(const RadialLaw& law, const RadialRange& range, double metric, double h);

  /// Fewest nodes for which the error's logarithm is at most log_tolerance; kNoOrder when no number will do.
  int gauss_order(double log_tolerance) const;
  int chebyshev_order(double log_tolerance) const;
  double log_gauss_error(int order) const;
  double log_chebyshev_error(int order) const;

  static constexpr int kNoOrder = 1 << 20;

 private:
  double nodes_for(double log_tolerance) const;  ///< n with amplitude rho^-n <= tolerance
  double log_error(double nodes) const;

  PerReach log_amplitude_{};
  PerReach log_rho_{};
  bool any_ = false;  ///< the cell keeps some distance from the root
};

/// Everything the plan asks about a group of cells.
class GroupBound {
 public:
  GroupBound(const RadialLaw& law, const EllipseFrame& frame, const CellGroup& group);

  const DirectionBound& x() const { return x_; }
  const DirectionBound& y() const { return y_; }
  double log_min() const { return log_min_; }  ///< of ln g in the cells
  double log_max() const { return log_max_; }
  bool holds_center() const { return s_min_ == 0.0; }
  /// Bound of the error of the mean of g over a cell by Gauss-Legendre rules of orders kx and ky.
  double mean_error(int kx, int ky) const;
  /// Bound of the error anywhere in a cell of the polynomial that interpolates g at kx by ky Chebyshev nodes.
  double interpolation_error(int kx, int ky) const;

 private:
  DirectionBound x_;
  DirectionBound y_;
  double log_min_;
  double log_max_;
  double s_min_;
};

}  // namespace gaxel
