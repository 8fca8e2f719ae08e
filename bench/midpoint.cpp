#include "midpoint.hpp"

#include <cmath>

namespace gaxel::bench {

void render_midpoint(const MidpointProfile& p, int ny, int nx, double* image) {
  for (int row = 0; row < ny; ++row) {
    const double dy = row - p.y0;
    double* out = image + static_cast<long>(row) * nx;
#pragma omp simd
    for (int col = 0; col < nx; ++col) {
      const double dx = col - p.x0;
      const double u = p.a * dx + p.b * dy;
      const double v = p.c * dx + p.d * dy;
      const double s = u * u + v * v;
      out[col] = p.i0 * std::exp(-p.b_n * std::exp(p.exponent * std::log(s)));
    }
  }
}

}  // namespace gaxel::bench
