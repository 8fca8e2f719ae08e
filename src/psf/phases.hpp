// Fourier transforms of unit impulses.
#pragma once

#include <complex>
#include <cstdint>
#include <vector>

namespace gaxel {

/// exp(-i k x) for k = 2 pi j / n, without the loss of digits of a large k x. |x| and |j| below 2^30.
std::complex<double> phase(std::int64_t j, int n, double x);

/// The same for j = 0 .. count - 1, real and imaginary parts apart.
struct Phases {
  std::vector<double> re;
  std::vector<double> im;
};
Phases phases(std::size_t count, int n, double x);

}  // namespace gaxel
