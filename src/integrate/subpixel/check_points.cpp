#include "integrate/subpixel/check_points.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gaxel/error.hpp"

namespace gaxel {

PointsView::PointsView(std::span<const double> i_values, std::span<const double> j_values)
    : i(i_values), j(j_values) {
  if (i.size() != j.size()) {
    throw InputError({"", "j", fmt::format("{} values", j.size()), "i and j differ in number",
                      fmt::format("{}, as i", i.size())});
  }
}

void check_finite(const char* name, std::span<const double> values) {
  const auto bad = std::ranges::find_if_not(values, [](double value) { return std::isfinite(value); });
  if (bad == values.end()) return;
  throw InputError({"", fmt::format("{}[{}]", name, bad - values.begin()), fmt::format("{}", *bad),
                    "not a position", "finite"});
}

void check_finite(PointsView points) {
  check_finite("i", points.i);
  check_finite("j", points.j);
}

}  // namespace gaxel
