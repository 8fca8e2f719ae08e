// Values, errors and flags of a fit, from the best point that it found.
#pragma once

#include "fit/parameter_map.hpp"
#include "fit/scene_problem.hpp"
#include "gaxel/fit.hpp"

namespace gaxel {

/// Fills in `scene`, `errors`, `flags`, `free_values`, `covariance` and the bands' errors. `map` stands at
/// the point, of which `start` are the values that the fit began with; result.bands are there. Returns the
/// covariance of the map's parameters, NaN where it is not known.
Eigen::MatrixXd write_values(const ParameterMap& map, const ScenePoint& best, const Eigen::VectorXd& start,
                             FitResult& result);

}  // namespace gaxel
