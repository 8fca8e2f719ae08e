// From the covariance of what a fit searches to errors of what it reports.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "fit/parameter_map.hpp"

namespace gaxel {

/// chain covariance chain^T; what is NaN stays with the values that depend on it.
Eigen::MatrixXd carried(const Eigen::MatrixXd& chain, const Eigen::MatrixXd& covariance);

/// The covariance of the map's parameters with those that are at their limit to another one as ties to that:
/// what is searched there, a difference or ratio, has no error in place of one that is not known.
Eigen::MatrixXd with_limits_as_ties(const ParameterMap& map, const std::vector<char>& at_bound,
                                    Eigen::MatrixXd nodes);

/// Of what the scene holds for the free parameters; NaN for what has no error.
Eigen::MatrixXd coefficient_covariance(const ParameterMap& map, const Eigen::MatrixXd& nodes);

/// 1 sigma of the values of a band's components, [component][parameter], by the covariance of the map's
/// parameters; NaN for what depends on none of them, or on one whose covariance is.
std::vector<std::vector<double>> errors_in_band(const ParameterMap& map, int band,
                                                const Eigen::MatrixXd& covariance);

}  // namespace gaxel
