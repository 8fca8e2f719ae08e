#include "profile/chebyshev_surface.hpp"

#include <fmt/format.h>

#include <deque>
#include <string>
#include <vector>

#include "profile/parameters.hpp"

namespace gaxel {
namespace {

using namespace specs;

/// The parameters of all orders, and the memory of their names.
struct Tables {
  std::deque<std::string> names;
  std::vector<std::vector<ParameterSpec>> specs;

  Tables() {
    for (int order = 1; order <= kMaxChebyshevOrder; ++order) specs.push_back(of_order(order));
  }

  std::vector<ParameterSpec> of_order(int order) {
    std::vector<ParameterSpec> result;
    for (int j = 0; j <= order; ++j) {
      for (int i = 0; i + j <= order; ++i) {
        const bool constant = i + j == 0;
        result.push_back(
            {Role::kCoefficient, names.emplace_back(fmt::format("c{}{}", i, j)), "counts/pixel",
             constant ? "the constant term" : "coefficient of T_i(u) T_j(v), by its digits i and j", -kInf,
             kInf, constant ? kNotGiven : 0.0});
      }
    }
    result.push_back(
        {Role::kX, "x", "pixel", "middle of the domain along the columns", -kInf, kInf, kNotGiven, false});
    result.push_back(
        {Role::kY, "y", "pixel", "middle of the domain along the rows", -kInf, kInf, kNotGiven, false});
    result.push_back({Role::kHalfWidth, "half_width", "pixel", "half of the domain's side along the columns",
                      0.5, 1e9, kNotGiven, false});
    result.push_back({Role::kHalfHeight, "half_height", "pixel", "half of the domain's side along the rows",
                      0.5, 1e9, kNotGiven, false});
    return result;
  }
};

}  // namespace

std::span<const ParameterSpec> chebyshev_parameters(int order) {
  static const Tables tables;
  return tables.specs.at(static_cast<std::size_t>(order - 1));
}

}  // namespace gaxel
