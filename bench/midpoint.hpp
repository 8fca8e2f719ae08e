// The yardstick: a Sersic profile sampled once at each pixel's centre, as fast as the compiler makes it.
#pragma once

namespace gaxel::bench {

/// Parameters of a Sersic profile of unit flux, constants already computed.
struct MidpointProfile {
  double x0, y0, a, b, c, d;  ///< u = a dx + b dy, v = c dx + d dy
  double i0;                  ///< central intensity per pixel
  double b_n;
  double exponent;  ///< 1 / (2n)
};

/// Writes I0 exp(-b exp(p log s)) at the centres of ny x nx pixels.
void render_midpoint(const MidpointProfile& profile, int ny, int nx, double* image);

}  // namespace gaxel::bench
