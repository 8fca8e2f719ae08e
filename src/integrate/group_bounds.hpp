// A-priori errors of quadrature and interpolation of an elliptical profile, known before any light is
// evaluated.
#pragma once

#include "integrate/bound_kernel.hpp"
#include "integrate/ellipse_frame.hpp"
#include "profile/radial_law.hpp"

namespace gaxel {

/// Cells of half-width hx, hy whose centres fill a box of half-widths span_x, span_y about (x, y).
struct CellGroup {
  double x;
  double y;
  double span_x;
  double span_y;
  double hx;
  double hy;
};

/// A number of nodes in each direction.
struct Orders {
  int x;
  int y;
};

/// Bounds for up to kGroupsAtOnce groups, in vectors over groups. In one direction, as functions of the
/// number of nodes K,
///   Gauss-Legendre, the mean over the cell:      (32/15) M rho^-2K / (1 - 1/rho)
///   interpolation at Chebyshev nodes, anywhere:      4  M rho^-K  / (1 - 1/rho)
/// for a function bounded by M on the Bernstein ellipse rho (Trefethen, Approximation Theory and
/// Approximation Practice, theorems 19.3 and 8.2), the best of the ellipses within kReaches; M from
/// RadialLaw::log_bounds. docs/math/pixels.md, "The number of nodes", derives what the ellipses reach.
class GroupBounds {
 public:
  GroupBounds(const RadialLaw& law, const EllipseFrame& frame);

  void clear() { size_ = 0; }
  void add(const CellGroup& group);
  std::size_t size() const { return size_; }
  /// To be called after the last add() and before any of what follows.
  void evaluate();

  double log_min(std::size_t i) const { return log_min_[i]; }  ///< of ln g in the cells
  double log_max(std::size_t i) const { return log_max_[i]; }
  bool holds_center(std::size_t i) const { return radii_.hull_min[i] == 0.0; }
  bool crosses_edge(std::size_t i) const { return edge_[i] == 0.0F; }

  /// What find_orders is to look for: rules that err by at most exp(log_error), half of it in each direction.
  /// Interpolation: with up to kMaxTileNodes nodes in x, which amplify the error in y.
  void want_quadrature(std::size_t i, double log_error);
  void want_interpolation(std::size_t i, double log_error);
  /// The fewest nodes for what is wanted of each group; kNoOrder where no number will do.
  void find_orders();
  Orders orders(std::size_t i) const { return {order_x_[i], order_y_[i]}; }
  static constexpr int kNoOrder = 1 << 20;

  /// Sets the orders of the rules whose errors error() is to tell, once find_errors() has been called.
  void set_quadrature(std::size_t i, const Orders& orders);
  void set_interpolation(std::size_t i, const Orders& orders);
  void find_errors();
  /// Bound of the error of the mean of g over a cell, or anywhere in it: of the last set_.
  double error(std::size_t i) const { return error_[i]; }

 private:
  void find_edges();

  const RadialLaw& law_;
  EllipseFrame frame_;
  double law_edge_;
  double log_amplification_;  ///< of the error in y by the interpolation in x
  std::size_t size_ = 0;
  GroupBoxes boxes_{};
  GroupRadii radii_{};
  alignas(64) FloatLane edge_{};  ///< elliptical radius of the law's edge; 0 for cells that lie across it
  GroupEllipses x_{};
  GroupEllipses y_{};
  GroupLane log_min_{};
  GroupLane log_max_{};
  alignas(64) FloatLane wanted_x_{};  ///< targets, later numbers of nodes
  alignas(64) FloatLane wanted_y_{};
  alignas(64) FloatLane found_x_{};
  alignas(64) FloatLane found_y_{};
  std::array<bool, kGroupsAtOnce> quadrature_{};
  std::array<int, kGroupsAtOnce> order_x_{};
  std::array<int, kGroupsAtOnce> order_y_{};
  GroupLane error_{};
};

}  // namespace gaxel
