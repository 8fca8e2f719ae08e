// Searches from several starting points.
#pragma once

#include <Eigen/Core>
#include <random>

#include "fit/two_stage_fit.hpp"

namespace gaxel {

/// Draws values of a map's parameters about those where it stands, as FitOptions::starts says; with the same
/// generator the same on every machine.
Eigen::VectorXd scattered(const ParameterMap& map, std::mt19937_64& generator);

/// Of FitSummary.
struct StartCount {
  int starts = 0;
  int agreed = 0;
};

/// Searches from where `map` stands and, when that is a point with a finite model, from points about it;
/// `search` keeps the best.
StartCount search_from_all(const ParameterMap& map, const FitOptions& options, TwoStageFit& search,
                           SearchControl& control);

}  // namespace gaxel
