// What the pixels of all bands tell of the parameters, from which their errors follow.
#pragma once

#include <Eigen/Core>
#include <span>

#include "fit/linearisation.hpp"
#include "fit/parameter_map.hpp"

namespace gaxel {

struct Information {
  Eigen::MatrixXd jacobian;  ///< (m, n); J^T J is the expected second derivative of half the statistic
  Eigen::MatrixXd score;     ///< (n, n): the covariance of half its gradient; empty where it is J^T J
};

/// `map` stands at the best point, at which the pixels of each band are drawn. Priors are taken at their
/// word.
Information information_of(const ParameterMap& map, std::span<PixelResidual> pixels);

}  // namespace gaxel
