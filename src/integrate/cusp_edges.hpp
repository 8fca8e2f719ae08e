// The line integrals along a box's edges that closed forms of its light are made of.
#pragma once

#include <array>
#include <cstddef>

#include "integrate/ellipse_frame.hpp"
#include "integrate/moments.hpp"
#include "profile/radial_law.hpp"

namespace gaxel {

/// An edge in the (u, v) plane, run through counter-clockwise in the image. Its points are foot + tau (eu,
/// ev), tau from `start` to `end`, with the foot of the perpendicular from the centre at height (ev, -eu).
struct EdgeLine {
  double height = 0.0;  ///< signed distance of the centre: u dv - v du = height dtau
  double eu = 0.0;
  double ev = 0.0;
  double start = 0.0;
  double end = 0.0;
  double s_start = 0.0;  ///< s at the ends: of a corner the same for both of its edges
  double s_end = 0.0;
};

/// What is integrated: of a box's flux, also of its moments, also of what these change by.
enum class EdgeNeed { kFlux, kMoments, kRates };

/// Integrals over tau, G as in RadialLaw::enclosed.
struct EdgeIntegrals {
  double mean = 0.0;                                   ///< of G
  std::array<double, kMaxShapes> mean_d_shape{};       ///< of dG/dshapes
  double light = 0.0;                                  ///< of g
  double light_tau = 0.0;                              ///< of g tau
  std::array<double, kMaxShapes> mean_d_shape_rate{};  ///< of the rates of dG/dshapes at the same s
  double slope = 0.0;                                  ///< of dg/ds
  std::array<double, kMaxShapes> light_d_shape{};      ///< of dg/dshapes
  std::array<double, kMaxShapes> light_d_shape_tau{};  ///< of tau dg/dshapes
};

struct BoxEdges {
  std::array<EdgeLine, 4> lines;
  std::array<EdgeIntegrals, 4> integrals;
};

/// `shape_rates`: with EdgeNeed::kRates, of a law that has_rates().
BoxEdges box_edges(const RadialLaw& law, const EllipseFrame& frame, const Box& box, EdgeNeed need,
                   const double* shape_rates = nullptr);

/// The moments of the box; after EdgeNeed::kFlux those beside the flux mean nothing.
Moments moments_of(const BoxEdges& edges);

}  // namespace gaxel
