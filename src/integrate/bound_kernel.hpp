// The arithmetic of GroupBounds in vectors that run over groups.
#pragma once

#include <array>
#include <cstddef>

#include "integrate/ellipse_frame.hpp"

namespace gaxel {

/// Groups bounded at once; the arrays below are that long, and filled up to any length.
inline constexpr std::size_t kGroupsAtOnce = 64;
using GroupLane = std::array<double, kGroupsAtOnce>;
using FloatLane = std::array<float, kGroupsAtOnce>;

/// Where between the cell and the singularity the ellipses lie that are tried: shares of the way.
inline constexpr std::array<float, 5> kReaches = {0.85F, 0.65F, 0.45F, 0.25F, 0.1F};

/// A number for each reach of each group, the groups of one reach side by side; how many there are is
/// GroupEllipses::stride.
using ReachLanes = std::array<float, kReaches.size() * kGroupsAtOnce>;

/// Groups of cells of one size, whose centres fill a box (which may be a point).
struct alignas(64) GroupBoxes {
  GroupLane x;  ///< middle of the box of centres
  GroupLane y;
  GroupLane span_x;  ///< half-widths of that box
  GroupLane span_y;
  GroupLane hx;  ///< half-widths of a cell
  GroupLane hy;
};

/// Where the singularities of a group's cells lie in one direction. Along a line through the image s = unit^2
/// (t - z)(t - conj z), t from -1 to 1 within the cell: z lies on the ellipse with foci +-1 of semi-major
/// axis
/// (|z - 1| + |z + 1|) / 2, and unit |z -+ 1| are the elliptical radii at the ends of the line.
struct alignas(64) GroupRoots {
  FloatLane beyond;  ///< the smallest semi-major axis, less 1, from below
  FloatLane unit;
};

struct alignas(64) GroupRadii {
  GroupLane hull_min;  ///< smallest and largest s over the cells
  GroupLane hull_max;
  GroupRoots x;
  GroupRoots y;
};

/// Bernstein ellipses around the cells of groups in one direction, for each of kReaches.
struct alignas(64) GroupEllipses {
  ReachLanes log_rho;
  ReachLanes series;  ///< ln 1/(1 - 1/rho); infinite where there is no ellipse
  ReachLanes radius;  ///< see ComplexReach
  ReachLanes real;
  ReachLanes spread;
  ReachLanes largest;
  ReachLanes log_bound;  ///< of the law
  std::size_t stride;

  std::size_t size() const { return stride * kReaches.size(); }
};

/// Writes the first n entries of `radii` for the first n groups.
void group_radii(const EllipseFrame& frame, const GroupBoxes& boxes, std::size_t n, GroupRadii& radii);

/// All but log_bound. s_max: the largest s over the cells; edge: the elliptical radius of the law's edge,
/// which the ellipses stay inside of, zero for cells that lie across it.
void bernstein_ellipses(const GroupRoots& roots, const GroupLane& s_max, const FloatLane& edge, std::size_t n,
                        GroupEllipses& ellipses);

/// nodes[i]: the least with bound rho^-nodes / (1 - 1/rho) <= exp(log_target[i]).
void least_nodes(const GroupEllipses& ellipses, const float* log_target, std::size_t n, float* nodes);

/// log_error[i] = ln of the least bound rho^-nodes[i] / (1 - 1/rho).
void log_errors(const GroupEllipses& ellipses, const float* nodes, std::size_t n, float* log_error);

}  // namespace gaxel
