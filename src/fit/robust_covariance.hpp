// Covariances that do not take the given sigma at its word.
#pragma once

#include <span>
#include <vector>

#include "fit/parameter_map.hpp"
#include "gaxel/fit.hpp"

namespace gaxel {

/// `map` stands at the best point; `formal`: the covariance of its nodes, NaN where degenerate;
/// `result.bands` have their models and PSFs, `tolerances` of each.
RobustCovariance robust_covariance(const ParameterMap& map, std::span<const Band> bands,
                                   const FitResult& result, const Eigen::MatrixXd& formal,
                                   std::span<const Tolerance> tolerances, int threads);

}  // namespace gaxel
