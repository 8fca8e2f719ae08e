#include "integrate/cusp.hpp"

#include <cmath>
#include <limits>

#include "integrate/cusp_edges.hpp"

namespace gaxel {
namespace {

// Relative rounding error of an edge's height and weights, s and the sums, beside that of
// RadialLaw::enclosed.
constexpr double kEdgeRounding = 16.0 * std::numeric_limits<double>::epsilon();

}  // namespace

Moments cusp_moments(const RadialLaw& law, const EllipseFrame& f, const Box& box, bool derivatives,
                     double* flux_rounding) {
  const BoxEdges edges = box_edges(law, f, box, derivatives ? EdgeNeed::kMoments : EdgeNeed::kFlux);
  if (flux_rounding != nullptr) {
    double size = 0.0;
    for (std::size_t i = 0; i < edges.lines.size(); ++i) {
      size += std::abs(edges.lines[i].height * edges.integrals[i].mean);
    }
    *flux_rounding = cusp_error(law, f) * size;
  }
  return moments_of(edges);
}

// The edges' contributions add up to no more than the flux in absolute value.
double cusp_error(const RadialLaw& law, const EllipseFrame& f) {
  // A relative error e of s changes G by at most e G, because s dG/ds = g / 2 - G and G is the mean of g / 2
  // inside.
  const double of_radii = 0.25 * f.s_rounding();  // one corner's roundings, not a node's
  return law.enclosed_rounding() + kEdgeRounding + of_radii;
}

}  // namespace gaxel
