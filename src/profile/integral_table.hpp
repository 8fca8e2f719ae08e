// Integrals from the centre outwards of laws with an edge whose enclosed flux has no closed form.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <vector>

namespace gaxel {

/// Tables of the integrals I_f(y) of up to kMaxFunctions functions f from 0 to y, for y from 0 to an end
/// where the functions may be singular, divided by a weight w(y): polynomials on panels that halve their way
/// to the end. Relative error below 1e-14 where f is positive, analytic for complex y with Re y < end, and no
/// larger there than some hundred times its values on the panel; absolute error so of the largest value
/// otherwise.
class IntegralTable {
 public:
  static constexpr std::size_t kMaxFunctions = 3;
  using Values = std::array<double, kMaxFunctions>;

  struct Definition {
    std::size_t n_functions;
    double end;
    double longest;   ///< of a panel: where f and 1/w are smooth enough for it
    double smallest;  ///< distance from the end at which the rest of the integrals is negligible
    std::function<Values(double)> functions;
    std::function<double(double)> weight;  ///< positive but at 0, where it vanishes like y
  };

  explicit IntegralTable(const Definition& definition);

  /// I_f(end), without the weight.
  const Values& totals() const { return totals_; }

  /// I_f(y) / w(y) for 0 < y < end.
  Values at(double y) const;

 private:
  static constexpr std::size_t kOrder = 20;

  struct Panel {
    double first;
    double last;
    std::array<std::array<double, kOrder>, kMaxFunctions> chebyshev;  ///< coefficients
  };

  std::size_t n_functions_;
  std::function<double(double)> weight_;
  Values totals_{};
  std::vector<double> ends_;  ///< of the panels, beside them for the search
  std::vector<Panel> panels_;
};

}  // namespace gaxel
