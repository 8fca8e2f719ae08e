#include "psf/fft_size.hpp"

#include <cstdint>
#include <initializer_list>

namespace gaxel {
namespace {

bool is_smooth(std::int64_t n) {
  for (int prime : {2, 3, 5, 7}) {
    while (n % prime == 0) n /= prime;
  }
  return n == 1;
}

}  // namespace

int fast_fft_size(int n) {
  std::int64_t size = n < 1 ? 1 : n;
  while (!is_smooth(size)) ++size;
  return static_cast<int>(size);
}

int fast_even_fft_size(int n) {
  return 2 * fast_fft_size(n / 2 + n % 2);
}

}  // namespace gaxel
