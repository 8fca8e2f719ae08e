#include "profile/radial_law.hpp"

#include <algorithm>
#include <stdexcept>

namespace gaxel {

void RadialLaw::evaluate_with_rates(const double* /*s*/, const double* /*s_rates*/, std::size_t /*n*/,
                                    const double* /*shape_rates*/, const LawPartials& /*values*/,
                                    const LawPartials& /*rates*/) const {
  throw std::logic_error("this law has no second derivatives");
}

void RadialLaw::enclosed_with_rates(const double* /*s*/, std::size_t /*n*/, const double* /*shape_rates*/,
                                    double* /*mean*/, double* /*d_shapes*/,
                                    double* /*d_shapes_rates*/) const {
  throw std::logic_error("this law has no second derivatives");
}

void RadialLaw::log_extremes(const RadialRanges& ranges, double* log_min, double* log_max) const {
  std::copy_n(ranges.log_at_max, ranges.n, log_min);
  std::copy_n(ranges.log_at_min, ranges.n, log_max);
}

}  // namespace gaxel
