// Values, errors and flags of a fit, from the best point that it found.
#pragma once

#include "fit/information.hpp"
#include "fit/parameter_map.hpp"
#include "fit/scene_problem.hpp"
#include "gaxel/fit.hpp"

namespace gaxel {

/// Fills in `scene`, `errors`, `flags`, `free_values`, `covariance` and the bands' errors. `map` stands at
/// the point, `information` is about it, `start` are the values that the fit began with; result.bands are
/// there. Returns the inverse of the expected second derivative of half the statistic to the map's
/// parameters, NaN where their errors are not known.
Eigen::MatrixXd write_values(const ParameterMap& map, const ScenePoint& best, const Information& information,
                             const Eigen::VectorXd& start, FitResult& result);

}  // namespace gaxel
