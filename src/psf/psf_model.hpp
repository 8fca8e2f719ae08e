// What a PSF is to the convolution: its transfer function, and how far it spreads light.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "psf/fourier_light.hpp"

namespace gaxel {

/// Data pixels by which light is spread at most towards smaller and larger x and y.
struct Reach {
  double left = 0.0;
  double right = 0.0;
  double down = 0.0;
  double up = 0.0;

  friend bool operator==(const Reach&, const Reach&) = default;
};

inline Reach larger(const Reach& a, const Reach& b) {
  return {std::max(a.left, b.left), std::max(a.right, b.right), std::max(a.down, b.down),
          std::max(a.up, b.up)};
}

/// Where a PSF's light is.
struct Support {
  Reach reach;
  double outside = 0.0;  ///< bound of what a source of unit flux gives to a data pixel beyond the reach
};

/// A table of complex numbers, real and imaginary parts apart.
class ComplexTable {
 public:
  ComplexTable() = default;
  ComplexTable(std::size_t n_rows, std::size_t n_columns)
      : n_columns_(n_columns), re_(n_rows * n_columns), im_(n_rows * n_columns) {}

  std::size_t n_rows() const { return n_columns_ == 0 ? 0 : re_.size() / n_columns_; }
  std::size_t n_columns() const { return n_columns_; }
  ComplexRow row(std::size_t i) { return {re_.data() + i * n_columns_, im_.data() + i * n_columns_}; }
  ConstComplexRow row(std::size_t i) const {
    return {re_.data() + i * n_columns_, im_.data() + i * n_columns_};
  }

 private:
  std::size_t n_columns_ = 0;
  std::vector<double> re_;
  std::vector<double> im_;
};

/// Weight of the frequencies at a sharp end of a transfer function: half, as in an integral. Where that is pi
/// and light is an image, the highest frequency stands for + and - at once, and counts whole.
inline constexpr double kHalfEdge = 0.5;
inline constexpr double kWholeEdge = 1.0;

/// One kind of PSF. T(0) = 1.
class PsfModel {
 public:
  virtual ~PsfModel() = default;

  /// Adds scale * T(kx[i], ky[j]) to out row j, column i; the response of data pixels is part of T. kx >= 0;
  /// ky has an odd length and ky[j] = -ky[n - 1 - j]. `edge_at_pi`: weight of a sharp end
  /// at |k| = pi, of others it is half.
  virtual void add_transfer(std::span<const double> kx, std::span<const double> ky, double edge_at_pi,
                            double scale, ComplexTable& out) const = 0;

  /// |T| is below `negligible` where |kx| or |ky| exceeds this, radians per data pixel.
  virtual double band(double negligible) const = 0;

  /// How far the PSF spreads light, if what is fainter than `negligible`, flux per data pixel of a source of
  /// unit flux, may be left out.
  virtual Support support(double negligible) const = 0;
};

}  // namespace gaxel
