// Memory of large arrays, kept for the next one of its size: asking the system for it, and its first touch,
// cost as much as a Fourier transform.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace gaxel {

/// Returns an array to where take_array() finds it, or frees it where enough is kept.
struct GiveBack {
  std::size_t size = 0;
  void operator()(double* data) const noexcept;
};

/// An array of `size` numbers whose values are not defined, aligned for vectors of any width.
using RecycledArray = std::unique_ptr<double[], GiveBack>;
RecycledArray take_array(std::size_t size);

}  // namespace gaxel
