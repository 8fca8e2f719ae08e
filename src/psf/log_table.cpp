#include "psf/log_table.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace gaxel {
namespace {

constexpr double kWidth = 0.25;

}  // namespace

LogTable::LogTable(const std::function<double(double)>& function, double first, double last)
    : begin_(std::log(first)) {
  const auto n_panels = static_cast<std::size_t>((std::log(last) - begin_) / kWidth) + 1;
  panels_.resize(n_panels);
  for (std::size_t p = 0; p < n_panels; ++p) {
    const double middle = begin_ + (static_cast<double>(p) + 0.5) * kWidth;
    Panel& panel = panels_[p];
    panel.fill(0.0);
    for (int i = 0; i < kOrder; ++i) {
      const double angle = std::numbers::pi * (i + 0.5) / kOrder;
      const double value = function(std::exp(middle + 0.5 * kWidth * std::cos(angle)));
      for (int k = 0; k < kOrder; ++k) {
        panel[static_cast<std::size_t>(k)] += (k == 0 ? 1.0 : 2.0) / kOrder * value * std::cos(k * angle);
      }
    }
  }
}

// Clenshaw's recurrence.
double LogTable::at(double x) const {
  const double place = (std::log(x) - begin_) / kWidth;
  const double index = std::clamp(std::floor(place), 0.0, static_cast<double>(panels_.size() - 1));
  const Panel& panel = panels_[static_cast<std::size_t>(index)];
  const double t = 2.0 * (place - index) - 1.0;
  double next = 0.0;
  double after = 0.0;
  for (int k = kOrder - 1; k > 0; --k) {
    const double here = panel[static_cast<std::size_t>(k)] + 2.0 * t * next - after;
    after = next;
    next = here;
  }
  return panel[0] + t * next - after;
}

}  // namespace gaxel
