// Limits of a parameter to another one: what a fit searches in the place of its value.
#pragma once

#include <Eigen/Core>
#include <limits>

#include "fit/coordinates.hpp"
#include "scene/tie_function.hpp"

namespace gaxel {

/// The value, of the other parameter and of the difference or ratio, in this order.
TieFunction limit_function(const Limit& limit);

/// What is searched: `free`, that of the value, with the difference or ratio in its place.
FreeParameter limited(FreeParameter free, const Limit& limit);

struct ValueRange {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
};

/// Where the other parameter may be, beside a fixed `value` of the limited one; no range, low above high,
/// where it may be nowhere.
ValueRange range_of_other(const Limit& limit, double value);

/// Where the limited parameter may be, the other one in `other`.
ValueRange range_beside(const Limit& limit, const ValueRange& other);

/// `own` with differences or ratios for its value or coefficients, moved inside the limit. Values of both in
/// the bands.
Parameter limited_start(const Parameter& own, const Limit& limit, const Eigen::VectorXd& values,
                        const Eigen::VectorXd& others);

}  // namespace gaxel
