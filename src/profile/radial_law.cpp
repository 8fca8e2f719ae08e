#include "profile/radial_law.hpp"

#include <algorithm>

namespace gaxel {

void RadialLaw::log_extremes(const RadialRanges& ranges, double* log_min, double* log_max) const {
  std::copy_n(ranges.log_at_max, ranges.n, log_min);
  std::copy_n(ranges.log_at_min, ranges.n, log_max);
}

}  // namespace gaxel
