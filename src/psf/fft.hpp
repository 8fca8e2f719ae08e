// Two-dimensional FFTs of real images: the only place that knows which library computes them.
#pragma once

#include <complex>
#include <cstddef>
#include <memory>
#include <span>

#include "base/recycled.hpp"
#include "gaxel/image.hpp"

namespace gaxel {

/// Memory for the in-place transform of a real image of one size: either `size.ny` rows of `size.nx` reals,
/// or as many rows of size.nx / 2 + 1 complex numbers, the non-negative frequencies along x.
class FftBuffer {
 public:
  explicit FftBuffer(Shape size);          ///< all zero
  static FftBuffer undefined(Shape size);  ///< to be overwritten
  FftBuffer(const FftBuffer& other);
  FftBuffer(FftBuffer&&) noexcept = default;
  FftBuffer& operator=(const FftBuffer&) = delete;
  FftBuffer& operator=(FftBuffer&&) noexcept = default;
  ~FftBuffer() = default;

  Shape size() const { return size_; }
  int n_frequencies() const { return size_.nx / 2 + 1; }
  void clear();

  std::span<double> real_row(int row) {
    return {data_.get() + offset(row), static_cast<std::size_t>(size_.nx)};
  }
  /// Real and imaginary parts in turn: n_frequencies() pairs.
  double* spectrum_row(int row) { return data_.get() + offset(row); }
  const double* spectrum_row(int row) const { return data_.get() + offset(row); }
  double* data() { return data_.get(); }

 private:
  struct Undefined {};
  FftBuffer(Shape size, Undefined);
  std::size_t offset(int row) const {
    return static_cast<std::size_t>(row) * 2 * static_cast<std::size_t>(n_frequencies());
  }
  std::size_t n_doubles() const { return offset(size_.ny); }

  RecycledArray data_;
  Shape size_;
};

/// Rows first .. first + n - 1 of an image, going on with row 0 after the last.
struct RowRange {
  int first = 0;
  int n = 0;
};

/// The transforms of one size. Immutable and shared between threads; equal input gives equal bits.
class Fft2d {
 public:
  /// The transforms of that size, shared by all who hold them at the time. Safe to call from any thread.
  static std::shared_ptr<const Fft2d> of_size(Shape size);

  explicit Fft2d(Shape size);
  Fft2d(const Fft2d&) = delete;
  Fft2d& operator=(const Fft2d&) = delete;
  ~Fft2d();

  Shape size() const { return size_; }
  /// Reals to half-complex, sum of image * exp(-2 pi i (k_x x / nx + k_y y / ny)). The buffer has this size;
  /// rows other than the `used` ones count as zero, whatever they hold.
  void forward(FftBuffer& buffer, RowRange used) const;
  void forward(FftBuffer& buffer) const { forward(buffer, {0, size_.ny}); }
  /// Half-complex to reals, not divided by nx * ny, in the `wanted` rows; what others hold is not defined.
  void backward(FftBuffer& buffer, RowRange wanted) const;
  void backward(FftBuffer& buffer) const { backward(buffer, {0, size_.ny}); }

 private:
  struct Plans;
  bool is_small() const;
  void transform_columns(bool forward, FftBuffer& from, FftBuffer& to) const;

  std::unique_ptr<Plans> plans_;
  Shape size_;
};

}  // namespace gaxel
