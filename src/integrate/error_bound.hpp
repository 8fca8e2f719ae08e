// A-priori error of Gauss-Legendre quadrature of an elliptical profile: how many nodes a cell needs.
#pragma once

#include <array>

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

/// Bound of the error of the mean over a cell, in one direction, as a function of the number of nodes:
///   |error| <= min over j of exp(log_amplitude[j] - 2 K log_rho[j]),
/// from |I - Q_K| <= (64/15) M rho^-2K / (1 - rho^-2) for a function bounded by M on the Bernstein ellipse
/// rho (Trefethen, Approximation Theory and Approximation Practice, theorem 19.3); M from
/// RadialLaw::log_bounds.
class DirectionBound {
 public:
  DirectionBound() = default;
  /// `s`: range of s over the lines on which the cells' centres lie; s = metric |z - z*|^2 along the
  /// direction, z* its complex root; h: half-width of the cells.
  DirectionBound(const RadialLaw& law, const Range& s, double metric, double h);

  /// Fewest nodes for which the error's logarithm is at most log_tolerance; kNoOrder when no number will do.
  int order_for(double log_tolerance) const;
  double log_error(int order) const;

  static constexpr int kNoOrder = 1 << 20;

 private:
  std::array<double, kReaches.size()> log_amplitude_{};
  std::array<double, kReaches.size()> log_rho_{};
  std::size_t size_ = 0;
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
  /// Bound of the error of the mean of g over a cell, orders kx and ky.
  double mean_error(int kx, int ky) const;

 private:
  DirectionBound x_;
  DirectionBound y_;
  double log_min_;
  double log_max_;
  double s_min_;
};

}  // namespace gaxel
