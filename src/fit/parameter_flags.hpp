// How far fitted parameters can be trusted.
#pragma once

#include <vector>

#include "fit/covariance.hpp"
#include "fit/scene_problem.hpp"

namespace gaxel {

/// The flag of each parameter, by ParameterFlag's rules. `start`: their values where the fit began;
/// `covariance`: of them at the best point; `side`: the larger one of the image, in pixels.
std::vector<ParameterFlag> parameter_flags(const std::vector<FreeParameter>& parameters,
                                           const ScenePoint& best, const Eigen::VectorXd& start,
                                           const Covariance& covariance, int side);

}  // namespace gaxel
