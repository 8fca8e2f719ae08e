// Noise that neighbouring pixels share: how much, and what it does to the errors of a fit.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

#include "gaxel/fit.hpp"
#include "gaxel/image.hpp"

namespace gaxel {

/// Of the residuals in units of sigma, `used` as in Observation, over pixels where `light`, the model's
/// sources in units of sigma, is below 1 (all, where these are fewer than a tenth): their mean square, and
/// their products at distances up to kCorrelationReach over it. What does not differ from 0 by two standard
/// deviations is 0.
NoiseCorrelation noise_correlation(const Image& residual, const Image& light,
                                   std::span<const std::uint8_t> used);

/// sum_ij k_i rho(i - j) k_j^T over the used pixels: the covariance of the gradient of chi2 / 2 under noise
/// of that correlation, in units of its variance. `planes`: derivatives over sigma, n images of residual's
/// shape, 0 at pixels that are not used.
Eigen::MatrixXd correlated_information(std::span<const Image> planes, const NoiseCorrelation& noise);

}  // namespace gaxel
