// Images: row-major arrays of double, (ny, nx); pixel (row, col) has its centre at x = col, y = row.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

namespace gaxel {

/// Size of an image in pixels; rows first, as in numpy.
struct Shape {
  int ny = 0;
  int nx = 0;

  std::size_t size() const { return static_cast<std::size_t>(ny) * static_cast<std::size_t>(nx); }
  bool empty() const { return ny <= 0 || nx <= 0; }
  friend bool operator==(const Shape&, const Shape&) = default;
};

/// Pixels owned by somebody else, rows contiguous and one after the other.
template <typename T>
class BasicImageView {
 public:
  BasicImageView() = default;
  BasicImageView(T* data, Shape shape) : data_(data), shape_(shape) {}
  /// A view of mutable pixels is also a view of constant ones.
  operator BasicImageView<const T>() const
    requires(!std::is_const_v<T>)
  {
    return {data_, shape_};
  }

  Shape shape() const { return shape_; }
  int ny() const { return shape_.ny; }
  int nx() const { return shape_.nx; }
  std::size_t size() const { return shape_.size(); }
  T* data() const { return data_; }
  T* row(int row) const { return data_ + static_cast<std::ptrdiff_t>(row) * shape_.nx; }
  T& operator()(int row, int col) const { return this->row(row)[col]; }
  std::span<T> pixels() const { return {data_, size()}; }

 private:
  T* data_ = nullptr;
  Shape shape_;
};

using ImageView = BasicImageView<double>;
using ConstImageView = BasicImageView<const double>;

/// Pixels that own their memory.
class Image {
 public:
  Image() = default;
  explicit Image(Shape shape, double value = 0.0) : pixels_(shape.size(), value), shape_(shape) {}

  Shape shape() const { return shape_; }
  int ny() const { return shape_.ny; }
  int nx() const { return shape_.nx; }
  std::size_t size() const { return pixels_.size(); }
  bool empty() const { return pixels_.empty(); }
  double* data() { return pixels_.data(); }
  const double* data() const { return pixels_.data(); }
  double& operator()(int row, int col) { return view()(row, col); }
  double operator()(int row, int col) const { return view()(row, col); }
  std::span<double> pixels() { return pixels_; }
  std::span<const double> pixels() const { return pixels_; }
  ImageView view() { return {pixels_.data(), shape_}; }
  ConstImageView view() const { return {pixels_.data(), shape_}; }

 private:
  std::vector<double> pixels_;
  Shape shape_;
};

/// Where the pixels of an image lie in the coordinates of the data: pixel (row, col) is the square of side
/// `step` centred on (x0 + col step, y0 + row step), in data pixels. The data's own grid is {shape, 0, 0, 1};
/// grids with margins, sub-pixel offsets or oversampling (step = 1/oversample) serve the PSF.
struct Grid {
  Shape shape;
  double x0 = 0.0;
  double y0 = 0.0;
  double step = 1.0;

  friend bool operator==(const Grid&, const Grid&) = default;
};

}  // namespace gaxel
