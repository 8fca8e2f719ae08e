#include "render/chebyshev_sky.hpp"

#include "gaxel/quadrature.hpp"

namespace gaxel {
namespace {

/// The mean of every polynomial over every pixel of an axis.
Image means(int order, double centre, double half_size, int n) {
  const QuadratureRule& rule = gauss_legendre(order / 2 + 1);  // exact up to degree order + 1
  Image result(Shape{order + 1, n});
  for (int pixel = 0; pixel < n; ++pixel) {
    for (std::size_t k = 0; k < rule.nodes.size(); ++k) {
      const double u = (pixel + 0.5 * rule.nodes[k] - centre) / half_size;
      double previous = u;  // T_-1 = T_1
      double value = 1.0;
      for (int degree = 0; degree <= order; ++degree) {
        result(degree, pixel) += 0.5 * rule.weights[k] * value;
        const double next = 2.0 * u * value - previous;
        previous = value;
        value = next;
      }
    }
  }
  return result;
}

}  // namespace

ChebyshevTerms::ChebyshevTerms(int order, const Domain& domain, Shape shape)
    : along_x_(means(order, domain.x, domain.half_width, shape.nx)),
      along_y_(means(order, domain.y, domain.half_height, shape.ny)) {
  for (int y = 0; y <= order; ++y) {
    for (int x = 0; x + y <= order; ++x) terms_.push_back({x, y});
  }
}

}  // namespace gaxel
