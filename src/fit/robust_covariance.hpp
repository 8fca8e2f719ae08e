// Covariances that do not take the given sigma at its word.
#pragma once

#include <span>
#include <vector>

#include "fit/parameter_map.hpp"
#include "gaxel/fit.hpp"

namespace gaxel {

/// `map` stands at the best point; `bread`: as write_values returns it; `result.bands` have their models and
/// PSFs, `tolerances` of each.
RobustCovariance robust_covariance(const ParameterMap& map, std::span<const Band> bands,
                                   const FitResult& result, const Eigen::MatrixXd& bread,
                                   std::span<const Tolerance> tolerances, const FitOptions& options);

}  // namespace gaxel
