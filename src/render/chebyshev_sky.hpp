// The sky as a sum of Chebyshev polynomials of the position.
#pragma once

#include <vector>

#include "gaxel/image.hpp"

namespace gaxel {

/// The products T_i(u) T_j(v), i + j <= order, of Chebyshev polynomials of the first kind (DLMF 18.3), each
/// averaged over every pixel of an image, exactly. u = (column - x) / half_width and v = (row - y) /
/// half_height are -1 to 1 in the domain, and may be beyond. Terms are in the order of j, then i: T_0 T_0,
/// T_1 T_0, ..., T_0 T_1, ...
class ChebyshevTerms {
 public:
  struct Domain {
    double x;
    double y;
    double half_width;
    double half_height;
  };

  ChebyshevTerms(int order, const Domain& domain, Shape shape);

  static int count(int order) { return (order + 1) * (order + 2) / 2; }
  int size() const { return static_cast<int>(terms_.size()); }
  double operator()(int term, int row, int column) const {
    const Degrees& degrees = terms_[static_cast<std::size_t>(term)];
    return along_x_(degrees.x, column) * along_y_(degrees.y, row);
  }

 private:
  struct Degrees {
    int x;
    int y;
  };
  std::vector<Degrees> terms_;
  Image along_x_;  ///< (order + 1, nx): the polynomials' means over the columns
  Image along_y_;  ///< (order + 1, ny)
};

}  // namespace gaxel
