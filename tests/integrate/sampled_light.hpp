// Light sampled by plain rules, written out for the tests.
#pragma once

#include "gaxel/quadrature.hpp"
#include "integrate/ellipse_frame.hpp"
#include "profile/radial_law.hpp"

namespace gaxel {

// Mean of the light over a box by a tensor rule of order_x by order_y nodes on `pieces` x `pieces`
// sub-boxes, written out here.
inline double mean_light(const RadialLaw& law, const EllipseFrame& f, const Box& box, int order_x,
                         int order_y, int pieces) {
  const QuadratureRule& rule_x = gauss_legendre(order_x);
  const QuadratureRule& rule_y = gauss_legendre(order_y);
  const double hx = 0.5 * (box.x_max - box.x_min) / pieces;
  const double hy = 0.5 * (box.y_max - box.y_min) / pieces;
  double sum = 0.0;
  for (int a = 0; a < pieces; ++a) {
    for (int b = 0; b < pieces; ++b) {
      for (std::size_t i = 0; i < rule_x.nodes.size(); ++i) {
        for (std::size_t j = 0; j < rule_y.nodes.size(); ++j) {
          const double x = box.x_min + hx * (2 * a + 1 + rule_x.nodes[i]);
          const double y = box.y_min + hy * (2 * b + 1 + rule_y.nodes[j]);
          sum += rule_x.weights[i] * rule_y.weights[j] * law.value(f.s(x, y));
        }
      }
    }
  }
  return sum / (4.0 * pieces * pieces);
}

inline Box box_about(double x, double y, double hx, double hy) {
  return {x - hx, x + hx, y - hy, y + hy};
}

}  // namespace gaxel
