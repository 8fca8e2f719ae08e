// A smooth function of the logarithm, tabulated.
#pragma once

#include <array>
#include <functional>
#include <vector>

namespace gaxel {

/// Chebyshev polynomials of degree 19 on panels of a quarter in ln x. For functions that are analytic in ln x
/// in a strip, and fall no faster than exp(-x): absolute error some 1e-15 of the largest value nearby.
class LogTable {
 public:
  /// 0 < first <= last.
  LogTable(const std::function<double(double)>& function, double first, double last);

  /// x from first to last.
  double at(double x) const;

 private:
  static constexpr int kOrder = 20;
  using Panel = std::array<double, kOrder>;  // coefficients

  double begin_;
  std::vector<Panel> panels_;
};

}  // namespace gaxel
